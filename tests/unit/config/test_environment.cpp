#include <doctest/doctest.h>

#include "config/mistakes.hpp"

using namespace calcinode::config;
using calcinode::test::mistake_in;
using calcinode::test::pacs;

TEST_CASE("a variable sets a key of each type, over what the file says") {
    const auto config = parse("[node]\nae_title = 'FILE'\nport = 104\n",
                              {{"CALCINODE_NODE__AE_TITLE", "MY NODE"},
                               {"CALCINODE_RECEIVE__CHECK_CALLED_AE", "false"},
                               {"CALCINODE_RECEIVE__ALLOWED_CALLERS", "PACS, CT 1,CT2"},
                               {"CALCINODE_STUDY__QUIET_S", "90"},
                               {"CALCINODE_VERDICT__POSITIVE_CONFIDENCE", "0.75"},
                               {"CALCINODE_NODE__DATA_DIR", "/data"}})
                            .value();
    CHECK(config.node.ae_title == "MY NODE");
    CHECK(config.node.port == 104);
    CHECK(config.node.data_dir == "/data");
    CHECK_FALSE(config.receive.check_called_ae);
    CHECK(config.receive.allowed_callers == std::vector<std::string>{"PACS", "CT 1", "CT2"});
    CHECK(config.study.quiet_s == 90);
    CHECK(config.verdict.positive_confidence == 0.75);
}

TEST_CASE("a list may be written as in TOML, for texts with commas, and may be empty") {
    const auto callers = [](const std::string& value) {
        return parse("[receive]\nallowed_callers = ['X']\n", {{"CALCINODE_RECEIVE__ALLOWED_CALLERS", value}})
            .value()
            .receive.allowed_callers;
    };
    CHECK(callers(R"(["A,B", "C"])") == std::vector<std::string>{"A,B", "C"});
    CHECK(callers("").empty());
    CHECK(mistake_in("", {{"CALCINODE_RECEIVE__ALLOWED_CALLERS", "[3]"}}).what ==
          "each entry must be a text in quotes");
    CHECK(
        mistake_in("", {{"CALCINODE_RECEIVE__ALLOWED_CALLERS", "['A'"}}).what.starts_with("must be a list"));
}

TEST_CASE("a destination is changed or added by its place") {
    const auto config = parse(pacs, {{"CALCINODE_DESTINATION__0__HOST", "other"},
                                     {"CALCINODE_DESTINATION__1__NAME", "Q"},
                                     {"CALCINODE_DESTINATION__1__HOST", "q"},
                                     {"CALCINODE_DESTINATION__1__AE_TITLE", "QQ"},
                                     {"CALCINODE_DESTINATION__1__PORT", "4242"}})
                            .value();
    REQUIRE(config.destinations.size() == 2);
    CHECK(config.destinations[0].host == "other");
    CHECK(config.destinations[0].name == "P");
    CHECK(config.destinations[1] ==
          Destination{.name = "Q", .host = "q", .ae_title = "QQ", .port = 4242, .certificate_name = ""});
}

TEST_CASE("the eleventh destination comes after the third") {
    Environment environment;
    for (int i = 10; i >= 0; --i) {
        const auto begin = "CALCINODE_DESTINATION__" + std::to_string(i) + "__";
        environment.emplace_back(begin + "NAME", "P" + std::to_string(i));
        environment.emplace_back(begin + "HOST", "h");
        environment.emplace_back(begin + "AE_TITLE", "A");
    }
    const auto config = parse("", environment).value();
    REQUIRE(config.destinations.size() == 11);
    CHECK(config.destinations[10].name == "P10");
}

TEST_CASE("a mistake in a variable names the variable, the key and what is allowed") {
    const auto mistake = mistake_in("[node]\nport = 104\n", {{"CALCINODE_NODE__PORT", "many"}});
    CHECK(to_string(mistake, "a.toml") ==
          "environment variable CALCINODE_NODE__PORT: node.port: must be a whole number from 0 to 65535");
    CHECK(mistake_in("", {{"CALCINODE_RECEIVE__PLAIN", "yes"}}).what == "must be true or false");
    CHECK(mistake_in("", {{"CALCINODE_LOG__LEVEL", "loud"}}).variable == "CALCINODE_LOG__LEVEL");
    CHECK(mistake_in("", {{"CALCINODE_NODE__PORT", ""}}).key == "node.port");
    CHECK(mistake_in("", {{"CALCINODE_NODE__PORT", "104 "}}).key == "node.port");
}

TEST_CASE("an unknown variable of ours is a mistake") {
    CHECK(mistake_in("", {{"CALCINODE_NODE__PROT", "1"}}).variable == "CALCINODE_NODE__PROT");
    CHECK(mistake_in("", {{"CALCINODE_NODES__PORT", "1"}}).key == "nodes");
    CHECK(mistake_in("", {{"CALCINODE_NODE__", "1"}}).variable == "CALCINODE_NODE__");
    CHECK(mistake_in("", {{"CALCINODE_NODE__port", "1"}}).what.find("in capitals") != std::string::npos);
    CHECK(mistake_in("", {{"CALCINODE_NODE__PORT__X", "1"}, {"CALCINODE_NODE__PORT", "1"}}).variable ==
          "CALCINODE_NODE__PORT__X");
}

TEST_CASE("a key with one underscore only is a mistake that says so") {
    CHECK(mistake_in("", {{"CALCINODE_NODE_PORT", "1"}}).what ==
          "is no key: two underscores stand between section and key: CALCINODE_NODE__PORT");
}

TEST_CASE("a destination by variables has no gap, a place and a key") {
    CHECK(mistake_in("", {{"CALCINODE_DESTINATION__1__HOST", "h"}}).what ==
          "leaves out a place of the list, whose next is 0");
    CHECK(mistake_in("", {{"CALCINODE_DESTINATION__HOST", "h"}}).key == "destination");
    CHECK(mistake_in(pacs, {{"CALCINODE_DESTINATION__HOST", "h"}}).what.find("list") != std::string::npos);
    CHECK(mistake_in(pacs, {{"CALCINODE_DESTINATION__0", "h"}}).what.starts_with("names no key"));
    const auto missing =
        mistake_in("", {{"CALCINODE_DESTINATION__0__HOST", "h"}, {"CALCINODE_DESTINATION__0__NAME", "P"}});
    CHECK(missing.variable == "CALCINODE_DESTINATION__0");
    CHECK(missing.key == "destination.ae_title");
}

TEST_CASE("variables that are none of ours change nothing") {
    CHECK(parse("", {{"CALCINODE_CT", "/ct"},
                     {"CALCINODE_SOURCE", "/s"},
                     {"CALCINODE_STUDIES", "3"},
                     {"CALCINODE_PORT", "tcp://10.0.0.1:11112"},
                     {"CALCINODE_SERVICE_HOST", "10.0.0.1"},
                     {"CALCINODE", "x"},
                     {"PATH", "/bin"},
                     {"A__B", "c"}})
              .value() == Config{});
}

TEST_CASE("settings name every key with its value, destinations and alerts by name") {
    const auto settings = settings_of(parse("[tls]\ncertificate = '/c'\nprivate_key = '/k'\ntrusted = '/t'\n"
                                            "client_certificate = 'optional'\n[receive]\n"
                                            "allowed_callers = ['A', 'B']\n" +
                                            pacs + "[[alert]]\nname = 'R'\nkind = 'hl7'\nhost = 'r'\n")
                                          .value());
    CHECK(settings.at("node.port") == "11112");
    CHECK(settings.at("tls.client_certificate") == "optional");
    CHECK(settings.at("tls.private_key") == "/k");
    CHECK(settings.at("receive.allowed_callers") == "A, B");
    CHECK(settings.at("receive.allowed_addresses") == "nothing");
    CHECK(settings.at("destination.P.host") == "h");
    CHECK(settings.at("alert.R.host") == "r");
    CHECK(settings.at("verdict.positive_confidence") == "0.5");
    for (const auto& key : known_keys())
        if (!key.starts_with("destination.") && !key.starts_with("alert."))
            CHECK_MESSAGE(settings.contains(key), key);
}
