#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "base/fd.hpp"
#include "base/hmac.hpp"
#include "config/config.hpp"
#include "notify/alert_facts.hpp"
#include "notify/http_post.hpp"
#include "notify/json_message.hpp"
#include "notify/webhook_receiver.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::notify;
using deliver::SendState;
using nlohmann::json;

TEST_CASE("a signature is that of RFC 4231's second case") {
    CHECK(hmac_sha256_hex("Jefe", "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("every placeholder of a text has a value") {
    test::AlertFacts result;
    for (const auto name : config::alert_placeholders) {
        result.alert.text = "{" + std::string(name) + "}";
        CHECK_FALSE(text_of(result.facts()).empty());
    }
    result.findings.deposits.clear();
    result.alert.text = "{level} {largest_ml} {count}";
    CHECK(text_of(result.facts()) == "- - 0");
}

TEST_CASE("an alert is of the deposit that gives the severity, not of the largest") {
    test::AlertFacts result;
    auto grave = result.findings.deposits.front();
    grave.id = 2;
    grave.level = "C6";
    grave.levels = {"C6"};
    grave.volume_mm3 = 400;
    grave.canal_occupied_percent = 41;
    result.findings.deposits.front().canal_occupied_percent = 0;
    result.findings.deposits.push_back(grave);
    result.findings.leading_id = 2;
    result.alert.text = "{level} {leading_ml} {canal_percent} {largest_ml}";
    CHECK(text_of(result.facts()) == "C6 0.40 41 2.48");
    CHECK(json::parse(json_message(result.facts())).at("leading_deposit") == 2);
}

TEST_CASE("JSON names no patient unless it is asked to") {
    test::AlertFacts result;
    const auto told = json::parse(json_message(result.facts()));
    CHECK_FALSE(told.contains("patient"));
    CHECK(told.at("id") == "2.25.7");
    CHECK(told.at("verdict") == "positive");
    CHECK(told.at("severity") == "severe");
    CHECK(told.at("totals").at("volume_mm3") == 2481.0);
    CHECK(told.at("deposits").at(0).at("compartment") == "facet");
    result.alert.webhook.with_patient = true;
    CHECK(json::parse(json_message(result.facts())).at("patient").at("id") == "ID|1");
    CHECK(fhir_message(result.facts()).find("Family") != std::string::npos);
    result.alert.webhook.with_patient = false;
    CHECK(fhir_message(result.facts()).find("Family") == std::string::npos);
}

TEST_CASE("the FHIR report refers to each Observation it contains, and has the form that R4 wants") {
    const test::AlertFacts result;
    const auto report = json::parse(fhir_message(result.facts()));
    CHECK(report.at("resourceType") == "DiagnosticReport");
    CHECK(report.at("status") == "preliminary");
    CHECK(report.at("category").at(0).at("coding").at(0).at("code") == "CT");
    CHECK(report.at("code").at("coding").at(0).at("code") == "18115005");
    CHECK(report.at("imagingStudy").at(0).at("identifier").at("value") == "urn:oid:1.2.3");
    CHECK(report.at("basedOn").at(0).at("identifier").at("type").at("coding").at(0).at("code") == "ACSN");
    CHECK(report.at("effectiveDateTime") == "2026-01-31");
    REQUIRE(report.at("contained").size() == 5);  // verdict, severity, count, volume, one deposit
    REQUIRE(report.at("result").size() == 5);
    for (std::size_t n = 0; n < 5; ++n) {
        const auto& one = report.at("contained").at(n);
        CHECK(report.at("result").at(n).at("reference") == "#" + one.at("id").get<std::string>());
        CHECK(one.at("resourceType") == "Observation");
        CHECK(one.at("code").at("coding").at(0).at("system") != "");
    }
    const auto& deposit = report.at("contained").at(4);
    CHECK(deposit.at("bodySite").at("coding").at(0).at("code") == "5329002");
    CHECK(deposit.at("component").at(2).at("valueQuantity").at("code") == "mm3");
    CHECK(report.at("contained").at(0).at("interpretation").at(0).at("coding").at(0).at("code") == "AA");
}

TEST_CASE("each message has its result's revision, and says whether it corrects an earlier one") {
    const test::AlertFacts result;
    const auto told = json::parse(json_message(result.facts(2, true)));
    CHECK(told.at("revision") == 2);
    CHECK(told.at("corrects") == true);
    CHECK(json::parse(json_message(result.facts())).at("corrects") == false);
    const auto report = json::parse(fhir_message(result.facts(2, true)));
    CHECK(report.at("extension").at(0) == json{{"url", "urn:calcinode:revision"}, {"valueInteger", 2}});
    CHECK(report.at("extension").at(1) == json{{"url", "urn:calcinode:corrects"}, {"valueBoolean", true}});
    CHECK(report.at("status") == "preliminary");
}

TEST_CASE("an alert that cannot be read waits, and one that is gone is parked") {
    const test::TempFolder folder;
    std::filesystem::create_symlink(folder / "loop", folder / "loop");
    WebhookReceiver receiver({.url = Url::parse("http://127.0.0.1:1/").value(),
                              .tls = std::nullopt,
                              .secret_file = {},
                              .token_file = {}});
    const auto sent = receiver.store({{"", "2.25.1", folder / "loop"}, {"", "2.25.2", folder / "gone"}});
    REQUIRE(sent.outcomes.size() == 2);
    CHECK(sent.outcomes[0].state == SendState::transient_failure);
    CHECK(sent.outcomes[1].state == SendState::permanent_failure);
    CHECK_FALSE(sent.trouble);
}

TEST_CASE("of an answer the first final status counts, and what is no HTTP is an error") {
    CHECK(status_in("HTTP/1.1 204 No Content\r\n\r\n").value() == 204);
    CHECK(status_in("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 500 x\r\n\r\n").value() == 500);
    for (const std::string more : {"", "HT", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 102 P\r\n\r\n"})
        CHECK(status_in(more).value() == 0);
    for (const std::string bad :
         {"SSH-2.0", "HTTP/1.1 2x4 \r\n\r\n", "HTTP/1.1\r\n\r\n", "HTTP/1.1 999 a\r\n\r\n"})
        CHECK_FALSE(status_in(bad).has_value());
}

TEST_CASE("a server's own trouble may pass, a refusal not unless the configuration says so") {
    for (const int status : {200, 201, 204})
        CHECK(outcome_of_http_status(status, false).state == SendState::arrived);
    for (const int status : {408, 425, 429, 500, 503})
        CHECK(outcome_of_http_status(status, false).state == SendState::transient_failure);
    for (const int status : {301, 400, 401, 404}) {
        CHECK(outcome_of_http_status(status, false).state == SendState::permanent_failure);
        CHECK(outcome_of_http_status(status, true).state == SendState::transient_failure);
    }
}

TEST_CASE("a secret is one line of a file") {
    const test::TempFolder folder;
    const auto file = folder / "secret";
    CHECK_FALSE(read_secret(file).has_value());
    REQUIRE(write_file_atomically(file, "s3cret\r\n"));
    CHECK(read_secret(file).value() == "s3cret");
    for (const std::string bad : {"", "\n", "a\nb"}) {
        REQUIRE(write_file_atomically(file, bad));
        CHECK_FALSE(read_secret(file).has_value());
    }
}
