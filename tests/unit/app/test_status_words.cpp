// What an administrator reads of a node's state.
#include <doctest/doctest.h>

#include "app/status_words.hpp"

using namespace calcinode;
using namespace calcinode::app;

namespace {

constexpr UnixMillis now = 1'000'000'000;

bool says(const std::string& text, const std::string& part) {
    INFO(text);
    return text.find(part) != std::string::npos;
}

NodeStatus node_with(std::vector<store::DeliveryGroup> deliveries,
                     std::vector<store::DestinationRow> destinations = {}) {
    NodeStatus status;
    status.now = now;
    status.configured = {"PACS"};
    status.work.deliveries = std::move(deliveries);
    status.destinations = std::move(destinations);
    return status;
}

std::string words(const NodeStatus& status) {
    return in_words(status, "node.toml");
}

store::StudyWork queued_study() {
    store::StudyWork study;
    study.study_uid = "1.2.3";
    study.state = "queued";
    study.instances = 1;
    study.not_before = now + 35'000;
    return study;
}

}  // namespace

TEST_CASE("durations are whole numbers of the units that matter") {
    CHECK(duration_in_words(-5) == "0 s");
    CHECK(duration_in_words(59'999) == "59 s");
    CHECK(duration_in_words(60'000) == "1 min");
    CHECK(duration_in_words(5 * 3'600'000 + 3 * 60'000) == "5 h 3 min");
    CHECK(duration_in_words(98 * 3'600'000) == "4 d 2 h");
}

TEST_CASE("a study that waits says for what, and a failed one why, with the command to try again") {
    NodeStatus status = node_with({});
    status.work.studies = {{"queued", 1}, {"failed", 1}};
    status.work.unfinished = {queued_study()};
    CHECK(says(words(status), "1.2.3  queued, 1 image: due in 35 s\n"));
    status.work.unfinished[0].attempts = 2;
    status.work.unfinished[0].job_error = "no memory";
    CHECK(says(words(status), "due in 35 s, 2 attempts failed: no memory\n"));

    auto failed = queued_study();
    failed.state = "failed";
    failed.reason = "pixels can't be read";
    status.work.failed = {failed};
    CHECK(says(words(status), "1.2.3  failed, 1 image: pixels can't be read\n"));
    CHECK(says(words(status), "calcinode reanalyze --config node.toml --study UID"));
}

TEST_CASE("of many studies the first are listed and the rest counted") {
    NodeStatus status = node_with({});
    status.work.unfinished.assign(25, queued_study());
    CHECK(says(words(status), "... and 5 more\n"));
}

TEST_CASE("a destination shows counts, cause and next attempt; what is parked, the command to resend") {
    const auto status = node_with({{"PACS", "parked", 2, 0, "it refused the object"},
                                   {"PACS", "pending", 3, now - 1, ""},
                                   {"PACS", "sent", 120, 0, ""}},
                                  {{"PACS", 4, now + 90'000, "connection refused", now - 3'600'000}});
    const auto text = words(status);
    CHECK(says(text, "PACS: 2 parked, 3 pending, 120 sent; next attempt due in 1 min\n"));
    CHECK(says(text, "not reached for 1 h 0 min, 4 attempts: connection refused\n"));
    CHECK(says(text, "parked: it refused the object\n"));
    CHECK(says(text, "calcinode resend --config node.toml --destination PACS --parked"));
    CHECK(says(text, "calcinode discard --config node.toml --destination PACS"));
}

TEST_CASE("what waits for a destination that was taken out of the configuration can only be given up") {
    const auto text = words(node_with({{"OLD", "pending", 1, 0, ""}}));
    CHECK(says(text,
               "OLD: 1 pending; next attempt due now; not in the configuration: what waits for it stays"));
    CHECK(says(text, "to give it up: calcinode discard --config node.toml --destination OLD"));
    CHECK(!says(text, "calcinode resend"));
}

TEST_CASE("what was given up is told, and nothing is to be done about it") {
    const auto text =
        words(node_with({{"PACS", "given_up", 2, 0, "it refused the object"}, {"OLD", "sent", 1, 0, ""}}));
    CHECK(says(text, "PACS: 2 given up\n"));
    CHECK(says(text, "given up: it refused the object\n"));
    CHECK(says(text, "OLD: 1 sent; not in the configuration"));
    CHECK(!says(text, "calcinode discard"));
    CHECK(!says(text, "calcinode resend"));
}

TEST_CASE("what a terminal would obey is not printed") {
    CHECK(says(words(node_with({{"PACS", "parked", 1, 0, "bad\x1b[2J\nforged: line"}})),
               "parked: bad?[2J?forged: line\n"));
}

TEST_CASE("too little room is said in capitals") {
    NodeStatus status = node_with({});
    status.disk = {
        .free_bytes = 1 << 20, .total_bytes = 1 << 30, .refuse_below_bytes = 2 << 20, .images_refused = true};
    CHECK(says(words(status), "1.0 MiB free of 1.0 GiB; images are refused (A700H) below 2.0 MiB: NOW"));
}

TEST_CASE("that images are refused though there is room is said, too") {
    NodeStatus status = node_with({});
    status.disk = {.free_bytes = 9 << 20, .total_bytes = 1 << 30, .refuse_below_bytes = 2 << 20};
    CHECK(!says(words(status), "NOW"));
    status.disk.images_refused = true;
    CHECK(says(words(status), "below 2.0 MiB. They are refused NOW, though so much is free"));
    CHECK(says(in_json(status), "\"images_refused\": true"));
}

TEST_CASE("JSON holds the same, also where a peer's words are no text") {
    const auto json = in_json(node_with({{"PACS", "parked", 2, 0, "bad\xff"}}));
    CHECK(says(json, "\"schema\": \"calcinode.status/1\""));
    CHECK(says(json, "\"parked\": {"));
}
