// Until when certificates are valid, and who is told.
#include "app/certificates.hpp"

#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "support/program.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::app;
using namespace std::chrono_literals;

namespace {

const auto day = std::chrono::hours(24);

// Certificates of their own making.
struct Certificates {
    test::TempFolder folder;
    config::Config config;
    std::chrono::system_clock::time_point now = std::chrono::system_clock::now();

    std::filesystem::path make(const std::string& name, int days) {
        const std::string file = folder / (name + ".pem");
        REQUIRE(test::run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                           "-nodes", "-keyout", folder / (name + ".key"), "-out", file, "-days",
                           std::to_string(days), "-subj", "/CN=" + name})
                    .code == 0);
        return file;
    }
    std::filesystem::path both(const std::filesystem::path& one, const std::filesystem::path& other) {
        const auto file = folder / "both.pem";
        std::ofstream(file) << std::ifstream(one).rdbuf() << std::ifstream(other).rdbuf();
        return file;
    }
    std::string subject(const std::string& use) {
        const auto all = certificates_in_use(config);
        const auto found = std::ranges::find(all, use, &CertificateInUse::use);
        return found == all.end() ? "" : found->subject;
    }
    // What the log says of it at `when`.
    std::string warned(std::chrono::system_clock::time_point when) {
        std::ostringstream said;
        const auto before = spdlog::default_logger();
        spdlog::set_default_logger(
            std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_st>(said)));
        warn_of_expiry(certificates_in_use(config), when);
        spdlog::set_default_logger(before);
        return said.str();
    }
};

}  // namespace

TEST_CASE("of what is shown the first to expire counts, of what is trusted the last") {
    Certificates f;
    CHECK(certificates_in_use(f.config).empty());
    const auto file = f.both(f.make("long", 400), f.make("short", 40));
    f.config.tls.files.certificate = file;
    f.config.tls.files.trusted = file;
    f.config.http.tls.certificate = f.make("web", 50);
    f.config.alerts.resize(1);
    f.config.alerts[0].name = "RIS";
    f.config.alerts[0].trusted = file;
    CHECK(certificates_in_use(f.config).size() == 4);
    CHECK(f.subject("tls") == "/CN=short");
    CHECK(f.subject("tls_trusted") == "/CN=long");
    CHECK(f.subject("http") == "/CN=web");
    CHECK(f.subject("alert RIS") == "/CN=long");
}

TEST_CASE("the log tells of a certificate in the last 30 days, and after") {
    Certificates f;
    f.config.http.tls.certificate = f.make("web", 40);
    CHECK(f.warned(f.now + 9 * day) == "");
    const auto said = f.warned(f.now + 11 * day);
    CHECK(said.find("the certificate of /CN=web is valid until 20") != std::string::npos);
    CHECK(f.warned(f.now + 41 * day).find("/CN=web was valid until 20") != std::string::npos);
}
