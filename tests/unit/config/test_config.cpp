#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "config/config.hpp"
#include "config/mistakes.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode::config;
using calcinode::test::mistake_in;
using calcinode::test::pacs;

namespace {

std::string sample_text() {
    const char* source = std::getenv("CALCINODE_SOURCE");
    std::ifstream file(std::string(source ? source : ".") + "/config/calcinode.toml");
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("an empty configuration is the defaults") {
    CHECK(parse("").value() == Config{});
}

TEST_CASE("a PACS that is asked for earlier results has a host and an AE title, and TLS what it needs") {
    CHECK(parse("[priors]\nhost = 'h'\nae_title = 'A'\n").value().priors.ae_title == "A");
    CHECK(mistake_in("[priors]\nhost = 'h'\n").key == "priors.ae_title");
    CHECK(mistake_in("[priors]\nae_title = 'A'\n").key == "priors.ae_title");
    CHECK(mistake_in("[priors]\nhost = 'h'\nae_title = 'A'\ntls = true\n").key == "priors.tls");
    CHECK(mistake_in("[priors]\ncertificate_name = 'h'\n").key == "priors.certificate_name");
    CHECK(mistake_in("[priors]\nyears_back = 0\n").key == "priors.years_back");
}

TEST_CASE("the sample configuration holds the defaults, and every key there is") {
    const auto text = sample_text();
    REQUIRE_FALSE(text.empty());
    CHECK(parse(text).value() == Config{});

    const auto with_destination = std::regex_replace(text, std::regex("\n#(?=\\S)"), "\n");
    const auto config = parse(with_destination).value();
    REQUIRE(config.destinations.size() == 1);
    CHECK(config.destinations[0] == Destination{.name = "PACS",
                                                .host = "127.0.0.1",
                                                .ae_title = "PACS",
                                                .port = 104,
                                                .timeout_s = 30,
                                                .certificate_name = ""});

    REQUIRE(config.alerts.size() == 1);
    Alert alert;
    alert.name = "RIS";
    alert.hl7.host = "127.0.0.1";
    CHECK(config.alerts[0] == alert);

    std::vector<std::string> in_sample;
    std::string section;
    std::istringstream lines(with_destination);
    for (std::string line; std::getline(lines, line);) {
        std::smatch match;
        if (std::regex_search(line, match, std::regex(R"(^\[+([a-z]+)\]+)"))) section = match[1];
        if (std::regex_search(line, match, std::regex(R"(^([a-z0-9_]+) = )")))
            in_sample.push_back(section + "." + match[1].str());
    }
    auto known = known_keys();
    std::ranges::sort(known);
    std::ranges::sort(in_sample);
    CHECK(in_sample == known);
}

TEST_CASE("a misspelt key is named with its line") {
    const auto mistake = mistake_in("[node]\nae_title = 'X'\nprot = 104\n");
    CHECK(mistake.line == 3);
    CHECK(mistake.key == "node.prot");
    CHECK(to_string(mistake, "a.toml") ==
          "a.toml:3: node.prot: is not known here; there are ae_title, bind, data_dir, port");
}

TEST_CASE("an unknown section is a mistake") {
    CHECK(mistake_in("[nodes]\nport = 104\n").key == "nodes");
    CHECK(mistake_in("port = 104\n").key == "port");
    CHECK(mistake_in("node = 3\n").key == "node");
}

TEST_CASE("every mistake is told at once, in the order of the file") {
    const auto parsed = parse("[node]\nport = 70000\nae_title = 3\n[study]\nquiet_s = 0\n");
    REQUIRE_FALSE(parsed.has_value());
    std::vector<std::string> keys;
    for (const auto& mistake : parsed.error()) keys.push_back(mistake.key);
    CHECK(keys == std::vector<std::string>{"node.port", "node.ae_title", "study.quiet_s"});
}

TEST_CASE("a value out of range or of another type says what is allowed") {
    CHECK(mistake_in("[node]\nport = -1\n").what == "must be a whole number from 0 to 65535");
    CHECK(mistake_in("[node]\nport = '104'\n").what == "must be a whole number from 0 to 65535");
    CHECK(mistake_in("[node]\nport = 104.0\n").what == "must be a whole number from 0 to 65535");
    CHECK(mistake_in("[receive]\ncheck_called_ae = 1\n").what == "must be true or false");
    CHECK(mistake_in("[receive]\nallowed_callers = 'A'\n").key == "receive.allowed_callers");
    CHECK(mistake_in("[receive]\nallowed_callers = ['A', 3]\n").key == "receive.allowed_callers");
    CHECK(mistake_in("[log]\nlevel = 'loud'\n").what == R"(must be "debug", "info", "warn" or "error")");
    CHECK(mistake_in("[node]\nbind = 'localhost'\n").key == "node.bind");
    CHECK(mistake_in("[node]\ndata_dir = 'here'\n").what == "must be an absolute path");
    CHECK(mistake_in("[delivery]\nretry_first_s = 60\nretry_longest_s = 30\n").key ==
          "delivery.retry_longest_s");
}

TEST_CASE("who may connect is addresses and networks") {
    CHECK(parse("[receive]\nallowed_addresses = ['10.1.2.3', '10.2.0.0/16', 'fd00::/8']\n").has_value());
    CHECK(mistake_in("[receive]\nallowed_addresses = ['10.2.0.1/16']\n").what ==
          "each entry must have no bit set beyond the first 16: write 10.2.0.0/16 for the network");
    CHECK(mistake_in("[receive]\nallowed_addresses = ['ct1.hospital']\n").key == "receive.allowed_addresses");
    CHECK(parse("[node]\nbind = '::'\n").has_value());
}

TEST_CASE("TLS needs its files, and one way in stays open") {
    const std::string files = "certificate = '/a.pem'\nprivate_key = '/b.pem'\n";
    const auto tls = parse("[tls]\nport = 2762\n" + files +
                           "trusted = '/c.pem'\nclient_certificate = 'required'\n[receive]\nplain = false\n")
                         .value();
    CHECK(tls.tls == Tls{2762, {"/a.pem", "/b.pem", "/c.pem"}, calcinode::ClientCertificate::required});
    CHECK_FALSE(tls.receive.plain);
    CHECK(parse("[tls]\n" + files).has_value());  // for destinations alone
    CHECK(mistake_in("[tls]\nport = 2762\n").key == "tls.certificate");
    CHECK(mistake_in("[tls]\ncertificate = '/a.pem'\n").key == "tls.certificate");
    CHECK(mistake_in("[tls]\nport = 11112\n" + files).key == "tls.port");
    CHECK(parse("[tls]\nport = 11112\n" + files + "[receive]\nplain = false\n").has_value());
    CHECK(mistake_in("[receive]\nplain = false\n").key == "receive.plain");
    CHECK(mistake_in("[tls]\nport = 2762\n" + files + "client_certificate = 'optional'\n").key ==
          "tls.trusted");
    CHECK(mistake_in("[tls]\nclient_certificate = 'yes'\n").key == "tls.client_certificate");
    CHECK(mistake_in("[tls]\ntrusted = 'here.pem'\n").what == "must be an absolute path");
}

TEST_CASE("a destination by TLS needs somebody to be trusted") {
    const std::string to = "[[destination]]\nname = 'A'\nhost = 'a'\nae_title = 'A'\n";
    const auto config =
        parse("[tls]\ntrusted = '/c.pem'\n" + to + "tls = true\ncertificate_name = 'a.hospital'\n").value();
    CHECK(config.destinations.at(0).tls);
    CHECK(config.destinations.at(0).certificate_name == "a.hospital");
    CHECK_FALSE(parse(to).value().destinations.at(0).tls);
    CHECK(mistake_in(to + "tls = true\n").key == "destination.tls");
    CHECK(mistake_in(to + "certificate_name = 'a.hospital'\n").key == "destination.certificate_name");
}

TEST_CASE("the thresholds of the verdict are numbers in their range and in order") {
    const auto verdict =
        parse("[verdict]\npositive_confidence = 0.75\npositive_volume_mm3 = 250\n").value().verdict;
    CHECK(verdict.positive_confidence == 0.75);
    CHECK(verdict.positive_volume_mm3 == 250);
    CHECK(verdict.moderate_volume_mm3 == Verdict{}.moderate_volume_mm3);
    CHECK(mistake_in("[verdict]\npositive_confidence = 1.5\n").what == "must be a number from 0 to 1");
    CHECK(mistake_in("[verdict]\npositive_confidence = nan\n").what == "must be a number from 0 to 1");
    CHECK(mistake_in("[verdict]\nsevere_canal_percent = '35'\n").what == "must be a number from 0 to 100");
    CHECK(mistake_in("[verdict]\npositive_volume_mm3 = -1\n").key == "verdict.positive_volume_mm3");
    CHECK(mistake_in("[verdict]\npositive_confidence = 0.1\n").key == "verdict.indeterminate_confidence");
    CHECK(mistake_in("[verdict]\nsevere_canal_percent = 5\n").key == "verdict.moderate_canal_percent");
}

TEST_CASE("an AE title has 1 to 16 printable characters and no backslash") {
    for (const std::string good : {"A", "SIXTEEN_CHARS_OK", "CT ROOM 1"})
        CHECK(parse("[node]\nae_title = '" + good + "'\n").value().node.ae_title == good);
    for (const std::string bad : {"", "SEVENTEEN_CHARS_X", "A\\\\B", " A", "A ", "\\u00c4"})
        CHECK(mistake_in("[node]\nae_title = \"" + bad + "\"\n").key == "node.ae_title");
}

TEST_CASE("a destination needs name, host and AE title") {
    CHECK(parse(pacs).value().destinations.size() == 1);
    const auto mistake = mistake_in("[[destination]]\nname = 'P'\nhost = 'h'\n");
    CHECK(mistake.key == "destination.ae_title");
    CHECK(mistake.line == 1);
    CHECK(mistake.what == "is missing");
    CHECK(mistake_in(pacs + "[destination.x]\n").key != "");
    CHECK(mistake_in("[destination]\nname = 'P'\n").what == "must be written as [[destination]]");
}

TEST_CASE("a destination gets all kinds of objects, or those that it names") {
    CHECK(parse(pacs).value().destinations.at(0).kinds == std::vector<std::string>{"sr", "seg", "sc", "ko"});
    CHECK(parse(pacs + "kinds = ['sr', 'ko']\n").value().destinations.at(0).kinds ==
          std::vector<std::string>{"sr", "ko"});
    const auto mistake = mistake_in(pacs + "kinds = ['sr', 'pdf']\n");
    CHECK(mistake.key == "destination.kinds");
    CHECK(mistake.line == 5);
    CHECK(mistake.what == R"(each entry must be "sr", "seg", "sc" or "ko")");
    CHECK(mistake_in(pacs + "kinds = []\n").what.find("must name at least one kind") != std::string::npos);
}

TEST_CASE("two destinations of one name are a mistake") {
    CHECK(mistake_in(pacs + pacs).key == "destination.name");
}

TEST_CASE("what is not TOML is told with its line") {
    const auto mistake = mistake_in("[node]\nport = \n");
    CHECK(mistake.line >= 2);
    CHECK(mistake.what.starts_with("is not TOML"));
}

TEST_CASE("a file that cannot be read is a mistake") {
    const auto loaded = load("/no/such/file.toml");
    REQUIRE_FALSE(loaded.has_value());
    CHECK(loaded.error().front().what.find("No such file") != std::string::npos);
}

TEST_CASE("HTTP beyond loopback needs a token") {
    CHECK(parse("[http]\nbind = '127.0.0.2'\n").has_value());
    CHECK(parse("[http]\nbind = '::1'\n").has_value());
    for (const char* address : {"0.0.0.0", "::", "10.1.2.3", "fd00::1"}) {
        const auto bind = "[http]\nbind = '" + std::string(address) + "'\n";
        CHECK(mistake_in(bind).key == "http.bind");
        CHECK(parse(bind + "token_file = '/run/token'\n").has_value());
        CHECK(parse(bind + "enabled = false\n").has_value());
    }
}

TEST_CASE("a client certificate may stand for the token, by TLS, from those that are trusted") {
    const std::string open = "[http]\nbind = '0.0.0.0'\n", required = "client_certificate = 'required'\n",
                      tls = "certificate = '/c.pem'\nprivate_key = '/k.pem'\n",
                      trusted = "trusted = '/t.pem'\n";
    const auto config = parse(open + required + tls + trusted);
    REQUIRE(config.has_value());
    CHECK(config->http.client_certificate == calcinode::ClientCertificate::required);
    CHECK(config->http.tls.trusted == "/t.pem");
    CHECK(mistake_in(open + required + trusted).key == "http.client_certificate");
    CHECK(mistake_in(open + required + tls).key == "http.trusted");
    CHECK(mistake_in(open + tls + trusted + "client_certificate = 'optional'\n").key == "http.bind");
    CHECK(mistake_in("[http]\ncertificate = '/c.pem'\n").key == "http.certificate");
    CHECK(parse("[http]\n" + tls).has_value());
}

TEST_CASE("the token is the first line of its file") {
    calcinode::test::TempFolder folder;
    const auto file = folder / "token";
    Http http;
    http.token_file = file;
    CHECK_FALSE(token_of(http));
    std::ofstream(file) << "0123456789abcdef\r\nmore\n";
    CHECK(token_of(http).value() == "0123456789abcdef");
    for (const char* wrong : {"short\n", "", "\n0123456789abcdef", "sixteen and more with spaces"}) {
        std::ofstream(file) << wrong;
        CHECK_FALSE(token_of(http));
    }
    http.token_file.clear();
    CHECK(token_of(http).value().empty());
}
