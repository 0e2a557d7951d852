#include <doctest/doctest.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>

#include "deliver/commitments.hpp"
#include "deliver/outbox.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::deliver;

namespace {

constexpr UnixMillis second_ms = 1000, hour_ms = 3600 * second_ms;

// What the peer does, and what it was asked to do.
struct Script {
    std::map<std::string, SendOutcome> answers;  // by SOP instance UID; arrived where absent
    std::optional<Trouble> trouble;              // before any object
    std::optional<Trouble> commitment_trouble;
    std::vector<std::string> sent;
    std::vector<std::string> transactions;
    std::size_t asked_for = 0;  // instances in the last request
    int associations = 0;
};

class ScriptedPeer final : public Peer {
  public:
    explicit ScriptedPeer(Script& script) : script_(&script) {}
    Sent store(const std::vector<FileToSend>& files) override {
        ++script_->associations;
        if (script_->trouble) return {{}, script_->trouble};
        Sent sent;
        for (const auto& file : files) {
            script_->sent.push_back(file.file.string());
            const auto found = script_->answers.find(file.sop_instance_uid);
            sent.outcomes.push_back(found == script_->answers.end() ? SendOutcome{SendState::arrived, ""}
                                                                    : found->second);
        }
        return sent;
    }
    std::optional<Trouble> ask_commitment(const std::string& transaction_uid,
                                          const std::vector<dicom::InstanceReference>& instances) override {
        script_->transactions.push_back(transaction_uid);
        script_->asked_for = instances.size();
        return script_->commitment_trouble;
    }
    void attend() override {}

  private:
    Script* script_;
};

// Does `then` with each line that the log gets, while it lives.
class OnEachLine final : public spdlog::sinks::base_sink<std::mutex> {
  public:
    explicit OnEachLine(std::function<void(std::string)> then) : then_(std::move(then)) {}

  private:
    void sink_it_(const spdlog::details::log_msg& line) override {
        then_({line.payload.data(), line.payload.size()});
    }
    void flush_() override {}

    std::function<void(std::string)> then_;
};

// A database in which one study has a result with two objects, to be delivered to "PACS".
struct Fixture {
    test::TempFolder folder;
    store::Database database = store::Database::open(folder / "test.db").value();
    Script script;
    RetryPolicy policy;
    UnixMillis now = now_ms();

    Fixture() {
        database.add_instance({"1.2.1", "1.2.0", "1.2", "ct", "ts", "CT", "x", 1, "hash", "AE", now});
        REQUIRE(database.queue_study("1.2", database.find_study("1.2")->last_received));
        const auto job = database.lease_job(now_ms(), now_ms() + hour_ms).value();
        database.finish_job(job, {"1.2",
                                  "identity",
                                  "analysed",
                                  "positive",
                                  "",
                                  "folder",
                                  {{"1.1", "9.1", "folder/sr.dcm"}, {"1.2", "9.2", "folder/sc-1.dcm"}},
                                  {"PACS"}});
        now = now_ms();
    }

    Outbox outbox(bool storage_commitment = false) {
        return Outbox(database, {"PACS", storage_commitment}, "/results", policy,
                      std::make_unique<ScriptedPeer>(script));
    }
    store::Database::DeliveryCounts counts() { return database.delivery_counts("1.2"); }
    std::uint16_t report(const dicom::CommitmentReport& report) {
        return Commitments(database, policy).take(report, now);
    }
};

}  // namespace

TEST_CASE("everything due goes at once, and only once") {
    Fixture f;
    auto outbox = f.outbox();
    CHECK(outbox.work(f.now) == 2);
    CHECK(f.script.associations == 1);
    CHECK(f.script.sent == std::vector<std::string>{"/results/folder/sr.dcm", "/results/folder/sc-1.dcm"});
    CHECK(outbox.work(f.now) == 0);
    CHECK(f.counts().sent == 2);
    CHECK(f.database.is_delivered("1.2"));
}

TEST_CASE("a failure that may pass is tried again later, and what arrived is not") {
    Fixture f;
    f.script.answers["9.2"] = {SendState::transient_failure, "full"};
    auto outbox = f.outbox();
    outbox.work(f.now);
    CHECK(outbox.work(f.now + 1 * second_ms) == 0);  // not before the back-off is over
    f.script.answers.clear();
    CHECK(outbox.work(f.now + 13 * second_ms) == 1);
    CHECK(f.counts().sent == 2);
}

TEST_CASE("a refusal for good parks the object at once") {
    Fixture f;
    f.script.answers["9.1"] = {SendState::permanent_failure, "not understood"};
    auto outbox = f.outbox();
    outbox.work(f.now);
    CHECK(f.counts().parked == 1);
    CHECK(f.counts().sent == 1);
    CHECK(f.counts().pending == 0);
}

TEST_CASE("a peer that is away is tried less and less often, whatever waits for it") {
    Fixture f;
    f.script.trouble = {Trouble::Kind::unreachable, "connection refused"};
    auto outbox = f.outbox();
    for (UnixMillis ms = 0; ms < hour_ms; ms += second_ms) outbox.work(f.now + ms);
    // 10 s, doubled each time: about nine attempts in an hour, not one a second.
    CHECK(f.script.associations >= 7);
    CHECK(f.script.associations <= 11);
    const auto row = f.database.destination("PACS");
    CHECK(row.failures == f.script.associations);
    CHECK(row.trouble == "connection refused");
    CHECK(row.since == f.now);
    CHECK(f.database.due_deliveries("PACS", f.now, 10).at(0).attempts == 0);  // they were not tried

    f.script.trouble.reset();
    CHECK(outbox.work(row.not_before) == 2);
    CHECK(f.database.destination("PACS").failures == 0);
    CHECK(f.database.destination("PACS").trouble.empty());
}

TEST_CASE("a start tries at once what an earlier run put off") {
    Fixture f;
    f.script.trouble = {Trouble::Kind::unreachable, "connection refused"};
    f.outbox().work(f.now);
    f.script.trouble.reset();
    CHECK(f.outbox().work(f.now) == 2);
}

TEST_CASE("what cannot be delivered for too long is parked, and sent again on command") {
    Fixture f;
    f.policy.park_after_h = 1;
    f.script.trouble = {Trouble::Kind::unreachable, "connection refused"};
    auto outbox = f.outbox();
    outbox.work(f.now);
    CHECK(f.counts().parked == 0);
    const auto later = f.now + hour_ms + second_ms;
    outbox.work(later);
    CHECK(f.counts().parked == 2);
    f.script.trouble.reset();
    CHECK(outbox.work(later + hour_ms) == 0);
    CHECK(f.database.resend({.study_uid = "", .destination = "PACS", .only_parked = true}, later) == 2);
    CHECK(outbox.work(later) == 2);  // although the destination's back-off was not over
    CHECK(f.counts().sent == 2);
}

TEST_CASE("a peer that rejects us loses nothing: all waits, and goes when somebody has put it right") {
    Fixture f;
    f.script.trouble = {Trouble::Kind::rejected, "unknown AE title"};
    auto outbox = f.outbox();
    for (UnixMillis ms = 0; ms < hour_ms; ms += second_ms) outbox.work(f.now + ms);
    CHECK(f.script.associations >= 7);
    CHECK(f.script.associations <= 11);
    CHECK(f.counts().pending == 2);
    CHECK(f.counts().parked == 0);
    f.script.trouble.reset();
    CHECK(outbox.work(f.database.destination("PACS").not_before) == 2);
    CHECK(f.counts().sent == 2);
}

TEST_CASE("a peer that accepts none of the classes gets these parked, and the next ones are tried at once") {
    Fixture f;
    f.script.trouble = {Trouble::Kind::refused, "accepts none"};
    auto outbox = f.outbox();
    outbox.work(f.now);
    CHECK(f.counts().parked == 2);
    CHECK(f.database.destination("PACS").failures == 0);
    f.script.trouble.reset();
    f.database.resend({.study_uid = "", .destination = "", .only_parked = true}, f.now);
    CHECK(outbox.work(f.now) == 2);
}

TEST_CASE("an object that keeps failing holds up no other") {
    Fixture f;
    auto outbox = f.outbox();
    f.script.answers["9.1"] = {SendState::transient_failure, "the association broke"};
    outbox.work(f.now);
    CHECK(f.counts().sent == 1);
    CHECK(f.counts().pending == 1);
}

TEST_CASE("what was sent is asked for at once in one transaction, and committed by its report") {
    Fixture f;
    auto outbox = f.outbox(true);
    CHECK(outbox.work(f.now) == 4);  // two sent, two asked for
    REQUIRE(f.script.transactions.size() == 1);
    CHECK(f.script.asked_for == 2);
    CHECK(f.counts().uncommitted == 2);
    CHECK_FALSE(f.database.is_delivered("1.2"));
    CHECK(f.report({f.script.transactions[0], {{"1.1", "9.1"}, {"1.2", "9.2"}}, {}}) == 0);
    CHECK(f.counts().committed == 2);
    CHECK(f.database.is_delivered("1.2"));
    CHECK(outbox.work(f.now + 100 * hour_ms) == 0);
}

TEST_CASE("without an answer it is asked for again in a new transaction, and a late answer counts") {
    Fixture f;
    auto outbox = f.outbox(true);
    outbox.work(f.now);
    CHECK(outbox.work(f.now + hour_ms - second_ms) == 0);
    CHECK(outbox.work(f.now + hour_ms) == 2);
    REQUIRE(f.script.transactions.size() == 2);
    CHECK(f.script.transactions[0] != f.script.transactions[1]);
    CHECK(f.report({f.script.transactions[0], {{"1.1", "9.1"}, {"1.2", "9.2"}}, {}}) == 0);
    CHECK(f.counts().committed == 2);
    CHECK(f.report({f.script.transactions[1], {{"1.1", "9.1"}, {"1.2", "9.2"}}, {}}) == 0);
}

TEST_CASE("each failure reason leads to sending again, asking again or parking") {
    Fixture f;
    auto outbox = f.outbox(true);
    const auto after = [&](std::uint16_t reason) {
        outbox.work(f.now);
        CHECK(f.report({f.script.transactions.back(), {{"1.2", "9.2"}}, {{{"1.1", "9.1"}, reason}}}) == 0);
        CHECK(f.counts().committed == 1);
        return f.counts();
    };
    for (const auto reason : {0x0110, 0x0112, 0x0213, 0x0000, 0x4321}) {
        CAPTURE(reason);
        CHECK(after(static_cast<std::uint16_t>(reason)).pending == 1);
        f.now += 2 * hour_ms;
    }
    CHECK(after(0x0131).uncommitted == 1);
    f.now += 2 * hour_ms;
    CHECK(after(0x0122).parked == 1);
    f.database.resend({.study_uid = "", .destination = "", .only_parked = true}, f.now);
    CHECK(after(0x0119).parked == 1);
}

TEST_CASE("a verdict is in the database when the log tells it") {
    Fixture f;
    f.outbox(true).work(f.now);
    std::vector<std::string> lines;
    const auto before = spdlog::default_logger();
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<OnEachLine>([&](std::string line) {
                                             lines.push_back(std::move(line));
                                             CHECK(f.counts().pending == 1);
                                             CHECK(f.counts().committed == 1);
                                         })));
    const auto status = f.report({f.script.transactions[0], {{"1.2", "9.2"}}, {{{"1.1", "9.1"}, 0x0112}}});
    spdlog::set_default_logger(before);
    CHECK(status == 0);
    REQUIRE(lines.size() == 2);
    CHECK(lines[0].ends_with("although it said that it stored it; sent again"));
    CHECK(lines[1] == "study 1.2: 1 objects committed by PACS");
}

TEST_CASE("what a report does not name is asked for again, and what was not asked for changes nothing") {
    Fixture f;
    auto outbox = f.outbox(true);
    outbox.work(f.now);
    CHECK(f.report({f.script.transactions[0], {{"1.1", "9.1"}, {"1.1", "9.2"}, {"1.9", "9.9"}}, {}}) == 0);
    CHECK(f.counts().committed == 1);  // 9.2 is of another class
    CHECK(outbox.work(f.now + hour_ms) == 1);
    CHECK(f.report({"2.25.4711", {{"1.2", "9.2"}}, {}}) == 0x0115);
    CHECK(f.counts().committed == 1);
}

TEST_CASE("a peer that does not take on commitment keeps what it has, and is asked less and less often") {
    Fixture f;
    f.script.commitment_trouble = {Trouble::Kind::refused, "not supported"};
    auto outbox = f.outbox(true);
    for (UnixMillis ms = 0; ms < hour_ms; ms += second_ms) outbox.work(f.now + ms);
    CHECK(f.script.transactions.size() >= 7);
    CHECK(f.script.transactions.size() <= 11);
    CHECK(f.script.sent.size() == 2);
    CHECK(f.counts().uncommitted == 2);
}

TEST_CASE("what is never committed is parked in the end, and said to be stored") {
    Fixture f;
    f.policy.park_after_h = 1;
    auto outbox = f.outbox(true);
    outbox.work(f.now);
    outbox.work(f.now + hour_ms + second_ms);
    CHECK(f.counts().parked == 2);
    CHECK(f.script.transactions.size() == 1);
}

TEST_CASE("where commitment is switched off, what waits for it is delivered") {
    Fixture f;
    f.outbox(true).work(f.now);
    CHECK_FALSE(f.database.is_delivered("1.2"));
    f.outbox(false);
    CHECK(f.database.is_delivered("1.2"));
}

TEST_CASE("the wait doubles up to the longest, and jitter moves it by a quarter either way") {
    const RetryPolicy policy{.first_s = 10, .longest_s = 3600};
    CHECK(retry_delay_ms(policy, 1, 0.5) == 10'000);
    CHECK(retry_delay_ms(policy, 2, 0.5) == 20'000);
    CHECK(retry_delay_ms(policy, 5, 0.5) == 160'000);
    CHECK(retry_delay_ms(policy, 1, 0.0) == 7'500);
    CHECK(retry_delay_ms(policy, 1, 1.0) == 12'500);
    for (const int failures : {10, 60, 1'000'000}) CHECK(retry_delay_ms(policy, failures, 0.5) == 3'600'000);
}
