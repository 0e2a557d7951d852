#include "deliver/prior_fetch.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "archive.hpp"
#include "dicom/attributes.hpp"

using namespace calcinode;
using namespace calcinode::deliver;
using test::Archive;
using namespace std::chrono_literals;

namespace {

constexpr auto altogether = 2s;  // where the bound is met
constexpr auto enough = 60s;     // where it is not, however slow the machine and its sanitizers are

struct Fetched {
    Result<> end;
    int taken = 0;
    std::chrono::duration<double> took{};
};

Fetched fetch_from(std::uint16_t port, int timeout_s = 20, std::chrono::seconds bound = enough) {
    const Destination pacs{.name = "priors",
                           .host = "127.0.0.1",
                           .port = port,
                           .called_ae = "PACS",
                           .calling_ae = "CALCINODE",
                           .timeout_s = timeout_s};
    const PriorQuery query{"P", "20150101", "20250101", "1.9"};
    Fetched fetched;
    const auto began = std::chrono::steady_clock::now();
    fetched.end = fetch_reports(pacs, bound, query, [&](DcmItem& report) {
        ++fetched.taken;
        return dicom::text_or_empty(report, DCM_PatientID) == "P";
    });
    fetched.took = std::chrono::steady_clock::now() - began;
    return fetched;
}

Fetched fetch_from(Archive::Manner manner, std::chrono::seconds bound = enough) {
    const Archive archive(manner);
    return fetch_from(archive.port(), 20, bound);
}

std::string mistake_of(const Fetched& fetched) {
    REQUIRE_FALSE(fetched.end);
    CHECK(fetched.taken == 0);
    return fetched.end.error().what;
}

bool holds(const std::string& text, const std::string& part) {
    CAPTURE(text);
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an earlier report is found and fetched") {
    const auto fetched = fetch_from(Archive::Manner::good);
    CAPTURE(fetched.end ? "" : fetched.end.error().what);
    CHECK(fetched.end);
    CHECK(fetched.taken == 1);
}

TEST_CASE("only what may be a report of ours is fetched") {
    for (const auto manner : {Archive::Manner::another_class, Archive::Manner::another_maker}) {
        const Archive archive(manner);
        const auto fetched = fetch_from(archive.port());
        CHECK(fetched.end);
        CHECK(fetched.taken == 0);
        CHECK(archive.gets() == 0);
    }
}

TEST_CASE("a PACS that refuses, answers without end or sends too much is left with its mistake named") {
    CHECK(holds(mistake_of(fetch_from(Archive::Manner::refusing)), "status A700H to C-FIND"));
    CHECK(holds(mistake_of(fetch_from(Archive::Manner::endless)), "more than 500 answers"));
    CHECK(holds(mistake_of(fetch_from(Archive::Manner::too_long)), "too long"));
}

TEST_CASE("a PACS that keeps silent or goes on for ever costs the time that it may and no more") {
    for (const auto manner : {Archive::Manner::silent, Archive::Manner::slow}) {
        const auto fetched = fetch_from(manner, altogether);
        CHECK(holds(mistake_of(fetched), "took more than 2 s"));
        CHECK(fetched.took >= altogether - 0.1s);
        CHECK(fetched.took < altogether + 3s);
    }
}

TEST_CASE("nobody there is said with the place") {
    const test::FreePort nobody;
    CHECK(holds(mistake_of(fetch_from(nobody.port, 1)), "PACS at 127.0.0.1:" + std::to_string(nobody.port)));
}
