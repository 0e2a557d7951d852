#include <doctest/doctest.h>

#include <map>

#include "deliver/outbox.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::deliver;

namespace {

// A database in which one study has a result with two objects, to be delivered to "PACS".
struct Fixture {
    test::TempFolder folder;
    store::Database database = store::Database::open(folder / "test.db").value();
    std::map<std::string, SendOutcome> answers;  // by SOP instance UID; arrived where absent
    std::vector<std::string> sent;
    int associations = 0;

    Fixture() {
        database.add_instance({"1.2.1", "1.2.0", "1.2", "ct", "ts", "CT", "x", 1, "hash", "AE", now_ms()});
        REQUIRE(database.queue_study("1.2", database.find_study("1.2")->last_received));
        const auto job = database.lease_job(now_ms(), now_ms() + 60000).value();
        database.finish_job(job, {"1.2",
                                  "identity",
                                  "analysed",
                                  "positive",
                                  "",
                                  "folder",
                                  {{"sr", "9.1", "folder/sr.dcm"}, {"sc", "9.2", "folder/sc-1.dcm"}},
                                  {"PACS"}});
    }

    Outbox outbox(RetryPolicy policy = {}) {
        return Outbox(database, {"PACS", "localhost", 104, "PACS", "CALCINODE", 1}, "/results", policy,
                      [this](const Destination&, const std::vector<FileToSend>& files) {
                          ++associations;
                          std::vector<SendOutcome> outcomes;
                          for (const auto& file : files) {
                              sent.push_back(file.file.string());
                              const auto found = answers.find(file.sop_instance_uid);
                              outcomes.push_back(found == answers.end() ? SendOutcome{SendState::arrived, ""}
                                                                        : found->second);
                          }
                          return outcomes;
                      });
    }
};

}  // namespace

TEST_CASE("everything due goes over one association, and only once") {
    Fixture f;
    auto outbox = f.outbox();
    CHECK(outbox.deliver_due(now_ms()) == 2);
    CHECK(f.associations == 1);
    CHECK(f.sent == std::vector<std::string>{"/results/folder/sr.dcm", "/results/folder/sc-1.dcm"});
    CHECK(outbox.deliver_due(now_ms()) == 0);
    CHECK(f.database.delivery_counts("1.2").sent == 2);
}

TEST_CASE("a failure that may pass is tried again later, and what arrived is not") {
    Fixture f;
    f.answers["9.2"] = {SendState::transient_failure, "away"};
    auto outbox = f.outbox();
    const auto now = now_ms();
    outbox.deliver_due(now);
    CHECK(outbox.deliver_due(now + 1000) == 0);  // not before the back-off is over
    f.answers.clear();
    CHECK(outbox.deliver_due(now + 13000) == 1);
    CHECK(f.database.delivery_counts("1.2").sent == 2);
}

TEST_CASE("a refusal for good parks the object at once") {
    Fixture f;
    f.answers["9.1"] = {SendState::permanent_failure, "unknown AE title"};
    auto outbox = f.outbox();
    outbox.deliver_due(now_ms());
    const auto counts = f.database.delivery_counts("1.2");
    CHECK(counts.parked == 1);
    CHECK(counts.sent == 1);
    CHECK(counts.pending == 0);
}

TEST_CASE("what cannot be delivered for too long is parked") {
    Fixture f;
    f.answers["9.1"] = f.answers["9.2"] = {SendState::transient_failure, "away"};
    auto outbox = f.outbox({10, 3600, 1});
    constexpr UnixMillis hour_ms = 3600 * 1000;
    outbox.deliver_due(now_ms());
    CHECK(f.database.delivery_counts("1.2").parked == 0);
    outbox.deliver_due(now_ms() + hour_ms + 1000);
    CHECK(f.database.delivery_counts("1.2").parked == 2);
}

TEST_CASE("the wait doubles up to the longest, and jitter moves it by a quarter either way") {
    const RetryPolicy policy{10, 3600, 72};
    CHECK(retry_delay_ms(policy, 1, 0.5) == 10'000);
    CHECK(retry_delay_ms(policy, 2, 0.5) == 20'000);
    CHECK(retry_delay_ms(policy, 5, 0.5) == 160'000);
    CHECK(retry_delay_ms(policy, 1, 0.0) == 7'500);
    CHECK(retry_delay_ms(policy, 1, 1.0) == 12'500);
    for (const int failures : {10, 60, 1'000'000}) CHECK(retry_delay_ms(policy, failures, 0.5) == 3'600'000);
}
