#include <doctest/doctest.h>

#include "config/config.hpp"
#include "config/mistakes.hpp"
#include "config/rules.hpp"

using namespace calcinode::config;
using calcinode::test::mistake_in;

namespace {

const std::string ris = "[[alert]]\nname = 'RIS'\nkind = 'hl7'\nhost = 'ris'\n";
const std::string hook =
    "[[alert]]\nname = 'W'\nkind = 'webhook'\nurl = 'http://h:8080/a?b=c'\nsecret_file = '/s'\n";

}  // namespace

TEST_CASE("alerts tell positive and indeterminate studies unless said otherwise") {
    const auto alerts =
        parse(ris + "[[alert]]\nname = 'B'\nkind = 'hl7'\nhost = 'b'\nwhen = ['negative']\n").value().alerts;
    REQUIRE(alerts.size() == 2);
    CHECK(alerts[0].when == std::vector<std::string>{"positive", "indeterminate"});
    CHECK(alerts[1].when == std::vector<std::string>{"negative"});
    CHECK(parse(hook).value().alerts.at(0).kind == AlertKind::webhook);
}

TEST_CASE("an alert needs what its kind needs, and nothing of the other kind") {
    CHECK(mistake_in("[[alert]]\nname = 'A'\nkind = 'hl7'\n").key == "alert.host");
    CHECK(mistake_in("[[alert]]\nname = 'A'\nkind = 'mail'\nhost = 'h'\n").key == "alert.kind");
    CHECK(mistake_in(ris + "url = 'http://a'\n").key == "alert.url");
    CHECK(mistake_in(hook + "host = 'a'\n").key == "alert.host");
    CHECK(mistake_in("[[alert]]\nname = 'A'\nkind = 'webhook'\nurl = 'http://a'\n").key ==
          "alert.secret_file");
    CHECK(parse("[[alert]]\nname = 'A'\nkind = 'webhook'\nurl = 'http://a'\nformat = 'fhir'\n").has_value());
}

TEST_CASE("TLS needs somebody to be trusted, and names must differ") {
    CHECK(mistake_in(ris + "tls = true\n").key == "alert.trusted");
    CHECK(parse(ris + "tls = true\ntrusted = '/c.pem'\ncertificate_name = 'ris.hospital'\n").has_value());
    CHECK(mistake_in(ris + "certificate_name = 'ris.hospital'\n").key == "alert.certificate_name");
    CHECK(
        mistake_in("[[alert]]\nname = 'A'\nkind = 'webhook'\nurl = 'https://a'\nsecret_file = '/s'\n").key ==
        "alert.trusted");
    CHECK(mistake_in(ris + ris).key == "alert.name");
    CHECK(mistake_in(ris + "[[destination]]\nname = 'RIS'\nhost = 'h'\nae_title = 'A'\n").key ==
          "alert.name");
}

TEST_CASE("a URL holds no password, no space and a port that there is") {
    for (const std::string bad : {"ftp://a", "http://", "http://u:p@a/", "http://a:0/", "http://a:99999/",
                                  "http://a/b c", "http://a/#x", "http://a\\r\\nX: 1/", "a"})
        CHECK(mistake_in("[[alert]]\nname = 'A'\nkind = 'webhook'\nformat = 'fhir'\nurl = \"" + bad + "\"\n")
                  .key == "alert.url");
}

TEST_CASE("a text's placeholders are known ones, and braces come in pairs") {
    CHECK(alert_text_rule("{verdict}: {{{count}}} {conclusion}") == "");
    CHECK(alert_text_rule("{patient}").starts_with("has the placeholder {patient}; there are {verdict}, "));
    for (const std::string bad : {"{", "}", "{}", "{count", "count}", "a\nb"})
        CHECK(alert_text_rule(bad) != "");
    CHECK(mistake_in(ris + "text = '{verdikt}'\n").key == "alert.text");
}
