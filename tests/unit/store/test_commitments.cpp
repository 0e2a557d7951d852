#include <doctest/doctest.h>

#include "store/store.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::store;
using Then = CommitmentVerdict::Then;

namespace {

constexpr UnixMillis hour_ms = 3600 * 1000;

// A study with one result of two objects, for the destination "PACS".
struct Fixture {
    test::TempFolder folder;
    Database database = open();
    UnixMillis now = now_ms();

    Database open() const { return Database::open(folder / "calcinode.db").value(); }

    Fixture() {
        database.add_instance({"1.2.1", "1.2.0", "1.2", "ct", "ts", "CT", "x", 1, "hash", "AE", now});
        REQUIRE(database.queue_study("1.2", database.find_study("1.2")->last_received));
        database.finish_job(database.lease_job(now_ms(), now_ms() + hour_ms).value(),
                            {"1.2",
                             "identity",
                             "analysed",
                             "positive",
                             "",
                             "folder",
                             {{"sr", "9.1", "folder/sr.dcm"}, {"sc", "9.2", "folder/sc-1.dcm"}},
                             {"PACS"}});
        now = now_ms();
    }

    std::vector<Delivery> sent_and_uncommitted() {
        for (const auto& delivery : database.due_deliveries("PACS", now, 10))
            database.delivery_sent(delivery.id, now, Commitment::asked);
        return database.due_commitments("PACS", now, 10);
    }
};

}  // namespace

TEST_CASE("what is to be committed is asked for once, and again only when its time has come") {
    Fixture f;
    const auto due = f.sent_and_uncommitted();
    REQUIRE(due.size() == 2);
    CHECK(f.database.due_deliveries("PACS", f.now + hour_ms, 10).empty());
    f.database.begin_commitment("2.25.1", due, f.now, f.now + hour_ms);
    CHECK(f.database.due_commitments("PACS", f.now + hour_ms - 1, 10).empty());
    const auto again = f.database.due_commitments("PACS", f.now + hour_ms, 10);
    REQUIRE(again.size() == 2);
    CHECK(again[0].asked == 1);
}

TEST_CASE("an answer finds its deliveries after a restart, and commits, sends again or parks each") {
    Fixture f;
    const auto due = f.sent_and_uncommitted();
    f.database.begin_commitment("2.25.1", due, f.now, f.now + hour_ms);
    auto reopened = f.open();
    const auto asked = reopened.commitment("2.25.1");
    REQUIRE(asked);
    REQUIRE(asked->size() == 2);
    reopened.record_verdicts(
        "2.25.1", {{due[0].id, Then::committed, "", 0}, {due[1].id, Then::send_again, "lost", f.now}}, f.now);
    CHECK(reopened.delivery_counts("1.2").committed == 1);
    CHECK_FALSE(reopened.is_delivered("1.2"));
    const auto lost = reopened.due_deliveries("PACS", f.now, 10);
    REQUIRE(lost.size() == 1);
    CHECK(lost[0].sop_instance_uid == "9.2");
    CHECK(lost[0].last_error == "lost");
    CHECK_FALSE(reopened.commitment("2.25.2"));
}

TEST_CASE("an answer that comes late commits what was parked or is sent again, and nothing undoes it") {
    Fixture f;
    const auto due = f.sent_and_uncommitted();
    f.database.begin_commitment("2.25.1", due, f.now, f.now);
    f.database.begin_commitment("2.25.2", due, f.now, f.now);
    f.database.record_verdicts(
        "2.25.2", {{due[0].id, Then::park, "no", 0}, {due[1].id, Then::send_again, "lost", f.now}}, f.now);
    f.database.record_verdicts(
        "2.25.1", {{due[0].id, Then::committed, "", 0}, {due[1].id, Then::committed, "", 0}}, f.now);
    CHECK(f.database.delivery_counts("1.2").committed == 2);
    CHECK(f.database.is_delivered("1.2"));
    f.database.delivery_sent(due[1].id, f.now, Commitment::asked);  // was on its way meanwhile
    f.database.record_verdicts("2.25.2", {{due[0].id, Then::park, "no", 0}}, f.now);
    CHECK(f.database.delivery_counts("1.2").committed == 2);
}

TEST_CASE("a transaction is forgotten after 30 days") {
    Fixture f;
    const auto due = f.sent_and_uncommitted();
    f.database.begin_commitment("2.25.1", due, f.now, f.now);
    f.database.begin_commitment("2.25.2", due, f.now + 29 * 24 * hour_ms, f.now);
    CHECK(f.database.commitment("2.25.1"));
    f.database.begin_commitment("2.25.3", due, f.now + 31 * 24 * hour_ms, f.now);
    CHECK_FALSE(f.database.commitment("2.25.1"));
    CHECK(f.database.commitment("2.25.2"));
}

TEST_CASE("where commitment is no longer asked for, what waits for it is delivered") {
    Fixture f;
    f.sent_and_uncommitted();
    CHECK(f.database.waive_commitments("OTHER") == 0);
    CHECK_FALSE(f.database.is_delivered("1.2"));
    CHECK(f.database.waive_commitments("PACS") == 2);
    CHECK(f.database.is_delivered("1.2"));
}

TEST_CASE("what is parked is sent again on command: of one destination, of one study, or all") {
    Fixture f;
    CHECK(f.database.park_deliveries("PACS", f.now - hour_ms, "too old") == 0);
    CHECK(f.database.park_deliveries("PACS", f.now + hour_ms, "too old") == 2);
    CHECK(f.database.due_deliveries("PACS", f.now + hour_ms, 10).empty());
    f.database.set_destination({"PACS", 3, f.now + hour_ms, "away", f.now});
    CHECK(f.database.resend({.study_uid = "", .destination = "OTHER", .only_parked = true}, f.now) == 0);
    CHECK(f.database.resend({.study_uid = "1.3", .destination = "", .only_parked = true}, f.now) == 0);
    const auto later = f.now + 5 * hour_ms;
    CHECK(f.database.resend({.study_uid = "1.2", .destination = "PACS", .only_parked = true}, later) == 2);
    const auto due = f.database.due_deliveries("PACS", later, 10);
    REQUIRE(due.size() == 2);
    CHECK(due[0].attempts == 0);
    CHECK(due[0].created == later);  // its age counts from there
    CHECK(f.database.destination("PACS").not_before <= later);
}

TEST_CASE("a destination's row is what was last said about it") {
    Fixture f;
    CHECK(f.database.destination("PACS").failures == 0);
    CHECK(f.database.destinations().empty());
    f.database.set_destination({"PACS", 1, 10, "refused", 5});
    f.database.set_destination({"PACS", 2, 20, "away", 5});
    REQUIRE(f.database.destinations().size() == 1);
    const auto row = f.database.destination("PACS");
    CHECK(row.failures == 2);
    CHECK(row.trouble == "away");
    CHECK(row.not_before == 20);
    CHECK(row.since == 5);
}
