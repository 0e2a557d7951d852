// Deliveries that are given up: by an administrator, or because a newer result says something else.
#include <algorithm>

#include "store/rows.hpp"

using namespace calcinode;
using namespace calcinode::store;

namespace {

constexpr UnixMillis day_ms = 24 * 3600 * 1000;

struct GivenUp {
    test::TempFolder folder;
    Database database = open_in(folder);

    // The study's next result: a new image, judged to something else.
    void judge(NewResult row) {
        database.add_instance(instance(++images));
        REQUIRE(database.queue_study("1.2", database.find_study("1.2")->last_received));
        const auto job = database.lease_job(now_ms(), now_ms() + 60'000);
        REQUIRE(job);
        database.finish_job(*job, row);
    }
    void park_all(const std::string& destination) {
        for (const auto& due : database.due_deliveries(destination, now_ms(), 10))
            database.delivery_parked(due.id, "it refused the object");
    }
    void send_all(const std::string& destination) {
        for (const auto& due : database.due_deliveries(destination, now_ms(), 10))
            database.delivery_sent(due.id, now_ms());
    }
    bool may_be_removed() {
        return database.oldest_finished_study(Database::Finished::judged, now_ms() + day_ms).has_value();
    }
    std::int64_t shown(const std::string& destination, const std::string& state) {
        const auto all = database.overview().deliveries;
        const auto group = std::ranges::find_if(all, [&](const DeliveryGroup& one) {
            return one.destination == destination && one.state == state;
        });
        return group == all.end() ? 0 : group->count;
    }
    int images = 0;
};

NewResult with_alert(const std::string& identity, const std::string& receiver = "RIS") {
    auto row = result(identity);
    row.objects = {};
    row.alerts = {{receiver, "2.25." + std::to_string(identity.size()) + "7", "alert.hl7"}};
    return row;
}

}  // namespace

TEST_CASE("what is given up counts as finished, shows its error, and is tried again on command only") {
    GivenUp f;
    f.judge(result("a"));
    f.park_all("pacs");
    f.send_all("archive");
    CHECK_FALSE(f.may_be_removed());
    CHECK_FALSE(f.database.oldest_finished_result(now_ms() + day_ms));

    CHECK(f.database.discard({.study_uid = "1.9", .destination = "pacs"}, now_ms()) == 0);
    CHECK(f.database.discard({.study_uid = "1.2", .destination = "archive"}, now_ms()) == 0);
    CHECK(f.database.discard({.study_uid = "", .destination = "pacs"}, now_ms()) == 2);
    CHECK(f.database.discard({.study_uid = "", .destination = "pacs"}, now_ms()) == 0);
    CHECK(f.may_be_removed());
    CHECK(f.database.oldest_finished_result(now_ms() + day_ms));
    CHECK(f.database.is_delivered("1.2"));
    CHECK(f.shown("pacs", "parked") == 0);
    CHECK(f.shown("pacs", "given_up") == 2);
    CHECK(f.database.delivery_counts_of("pacs").given_up == 2);
    CHECK(f.database.delivery_counts("1.2").parked == 0);

    const auto history = f.database.study_history("1.2").value();
    CHECK(history.study.parked == 0);
    const auto given_up = std::ranges::find(history.deliveries, "given_up", &StudyDelivery::state);
    REQUIRE(given_up != history.deliveries.end());
    CHECK(given_up->last_error == "it refused the object");
    CHECK(given_up->given_up);

    CHECK(f.database.due_deliveries("pacs", now_ms() + day_ms, 10).empty());
    // What is parked is sent again as a matter of course; what was given up, when it is asked for.
    CHECK(f.database.resend({.study_uid = "", .destination = "pacs", .only_parked = true}, now_ms()) == 0);
    CHECK(f.database.resend({.study_uid = "1.2", .destination = "pacs", .only_parked = true}, now_ms()) == 2);
    CHECK(f.database.due_deliveries("pacs", now_ms(), 10).size() == 2);
    CHECK(f.shown("pacs", "given_up") == 0);
    CHECK_FALSE(f.may_be_removed());
}

TEST_CASE("what waits is given up where it is asked for, and says so where nothing had failed yet") {
    GivenUp f;
    f.judge(result("a"));
    CHECK(f.database.discard({.study_uid = "", .destination = "pacs"}, now_ms()) == 0);
    const auto due = f.database.due_deliveries("pacs", now_ms(), 10);
    f.database.delivery_sent(due.at(0).id, now_ms(), Commitment::asked);
    CHECK(f.database.discard({.study_uid = "", .destination = "pacs", .only_parked = false}, now_ms()) == 2);
    CHECK(f.database.due_deliveries("pacs", now_ms(), 10).empty());
    CHECK(f.database.due_commitments("pacs", now_ms(), 10).empty());
    CHECK(f.database.study_overview("1.2")->deliveries.at(1).last_error ==
          "given up before it was delivered");
    // It was on its way, and has arrived: that is what is known of it.
    f.database.delivery_sent(due.at(1).id, now_ms());
    CHECK(f.shown("pacs", "sent") == 1);
    CHECK(f.shown("pacs", "given_up") == 1);
    f.database.begin_commitment("2.25.1", {due.at(0)}, now_ms(), now_ms());
    f.database.record_verdicts("2.25.1", {{due.at(0).id, CommitmentVerdict::Then::committed, "", 0}},
                               now_ms());
    CHECK(f.shown("pacs", "committed") == 1);
    CHECK(f.shown("pacs", "given_up") == 0);
}

TEST_CASE(
    "a new revision takes the place of alerts that were not sent, and never comes before an older one") {
    GivenUp f;
    f.judge(with_alert("a"));
    const auto first = f.database.due_deliveries("RIS", now_ms(), 10).at(0);
    f.database.delivery_failed(first.id, "away", now_ms() + day_ms);  // in back-off when the next one comes
    f.judge(with_alert("bb"));
    const auto due = f.database.due_deliveries("RIS", now_ms() + 2 * day_ms, 10);
    REQUIRE(due.size() == 1);
    CHECK(due[0].id > first.id);
    const auto deliveries = f.database.study_history("1.2")->deliveries;
    CHECK(deliveries.at(0).state == "given_up");
    CHECK(deliveries.at(0).last_error == "superseded by revision 2");

    f.database.delivery_parked(due[0].id, "refused");
    f.judge(with_alert("ccc"));
    CHECK(f.database.study_history("1.2")->deliveries.at(1).last_error == "superseded by revision 3");
    f.send_all("RIS");
    // Of all that was told, only the newest is ever told again.
    CHECK(f.database.resend({.study_uid = "1.2", .destination = "RIS", .only_parked = false}, now_ms()) == 1);
    CHECK(f.database.due_deliveries("RIS", now_ms(), 10).at(0).id > due[0].id);
}

TEST_CASE("a revision that can't be judged leaves no older alert to be sent after it") {
    GivenUp f;
    f.judge(with_alert("a"));
    auto unfit = with_alert("bb");
    unfit.status = "not_applicable";
    unfit.alerts.clear();
    f.judge(unfit);
    CHECK(f.shown("RIS", "pending") == 0);
    CHECK(f.shown("RIS", "given_up") == 1);
}

TEST_CASE("another receiver's alert, another study's, and one that was sent stay as they are") {
    GivenUp f;
    auto both = with_alert("a");
    both.alerts.push_back({"HOOK", "2.25.99", "alert.json"});
    f.judge(both);
    f.send_all("RIS");
    f.judge(with_alert("bb"));
    CHECK(f.shown("RIS", "sent") == 1);
    CHECK(f.shown("RIS", "pending") == 1);
    CHECK(f.shown("HOOK", "pending") == 1);
}

TEST_CASE("who was told of an earlier revision is known, whether it was sent or still waits") {
    GivenUp f;
    f.judge(with_alert("a", "SENT"));
    f.send_all("SENT");
    f.judge(with_alert("bb", "WAITS"));
    f.judge(with_alert("ccc", "GIVEN UP"));
    f.park_all("GIVEN UP");
    f.database.discard({.study_uid = "", .destination = "GIVEN UP"}, now_ms());
    CHECK(f.database.receivers_told("1.2", 4) == std::vector<std::string>{"SENT", "WAITS"});
    CHECK(f.database.receivers_told("1.2", 2) == std::vector<std::string>{"SENT"});
    CHECK(f.database.receivers_told("1.2", 1).empty());
    CHECK(f.database.receivers_told("1.9", 4).empty());
}

TEST_CASE("a destination gets the classes that it wants, and the others all") {
    GivenUp f;
    auto row = result("a");
    row.objects.at(1).sop_class_uid = "1.8";
    row.wanted_classes = {{"pacs", {"1.9", "1.7"}}};
    f.judge(row);
    const auto due = f.database.due_deliveries("pacs", now_ms(), 10);
    REQUIRE(due.size() == 1);
    CHECK(due[0].sop_class_uid == "1.9");
    CHECK(f.database.due_deliveries("archive", now_ms(), 10).size() == 2);
}
