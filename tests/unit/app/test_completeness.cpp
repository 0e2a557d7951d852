#include <doctest/doctest.h>

#include <new>

#include "app/completeness.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using namespace calcinode::app;

namespace {

constexpr UnixMillis second = 1000;

struct Arrivals {
    explicit Arrivals(UnixMillis since = 0) : listening_since(since) {}

    test::TempFolder folder;
    store::Database database = store::Database::open(folder / "test.db").value();
    bool fed = false;
    std::optional<std::string> gap;
    UnixMillis listening_since;
    Completeness completeness{database,
                              {.quiet_s = 60, .gap_wait_s = 300, .urgent_callers = {}},
                              listening_since,
                              [this](const std::string&) { return fed; },
                              [this](const std::string&) { return gap; }};

    void receive(const std::string& instance, UnixMillis when) {
        database.add_instance(
            {instance, "1.2.0", "1.2", "ct", "ts", "CT", instance + ".dcm", 1, "hash", "AE", when});
    }
    std::string state() { return database.find_study("1.2")->state; }
};

}  // namespace

TEST_CASE("a study is queued when it was quiet for the configured time, not before") {
    Arrivals f;
    f.receive("1", 1000 * second);
    CHECK(f.completeness.look(1059 * second).queued == 0);
    CHECK(f.state() == "receiving");
    CHECK(f.completeness.look(1061 * second).queued == 1);
    CHECK(f.state() == "queued");
    CHECK(f.completeness.look(1062 * second).queued == 0);
}

TEST_CASE("a new image starts the wait anew") {
    Arrivals f;
    f.receive("1", 1000 * second);
    f.receive("2", 1050 * second);
    CHECK(f.completeness.look(1061 * second).queued == 0);
    CHECK(f.completeness.look(1111 * second).queued == 1);
}

TEST_CASE("a study that an association still feeds is not complete, however quiet it is") {
    Arrivals f;
    f.receive("1", 1000 * second);
    f.fed = true;
    CHECK(f.completeness.look(9000 * second).queued == 0);
    f.fed = false;
    CHECK(f.completeness.look(9001 * second).queued == 1);
}

TEST_CASE("a study with a gap waits longer, and is queued with it then") {
    Arrivals f;
    f.gap = "3 slices missing";
    f.receive("1", 1000 * second);
    CHECK(f.completeness.look(1061 * second).queued == 0);
    CHECK(f.completeness.look(1299 * second).queued == 0);
    CHECK(f.database.find_study("1.2")->gap_since == 1000 * second);
    CHECK(f.completeness.look(1301 * second).queued == 1);
}

TEST_CASE("a study whose gap is filled waits no longer than others") {
    Arrivals f;
    f.gap = "3 slices missing";
    f.receive("1", 1000 * second);
    CHECK(f.completeness.look(1061 * second).queued == 0);
    f.gap.reset();
    f.receive("2", 1100 * second);
    CHECK(f.completeness.look(1161 * second).queued == 1);
}

TEST_CASE("time in which the node was not there to be sent to is not quiet") {
    Arrivals f{5000 * second};
    f.receive("1", 1000 * second);
    CHECK(f.completeness.look(5059 * second).queued == 0);
    CHECK(f.completeness.look(5061 * second).queued == 1);
}

TEST_CASE("missing slices are waited for after a start as if the study had just come") {
    Arrivals f{5000 * second};
    f.gap = "3 slices missing";
    f.receive("1", 1000 * second);
    CHECK(f.completeness.look(5061 * second).queued == 0);
    CHECK(f.completeness.look(5299 * second).queued == 0);
    CHECK(f.completeness.look(5301 * second).queued == 1);
}

TEST_CASE("a study whose files can't be looked at is queued all the same, and the others are") {
    Arrivals f;
    f.receive("1", 1000 * second);
    f.database.add_instance({"9", "1.4.0", "1.4", "ct", "ts", "CT", "9.dcm", 1, "hash", "AE", 1001 * second});
    Completeness completeness(
        f.database, {.quiet_s = 60, .gap_wait_s = 300, .urgent_callers = {}}, 0,
        [](const std::string&) { return false; },
        [](const std::string& study) -> std::optional<std::string> {
            if (study == "1.2") throw std::bad_alloc();
            return std::nullopt;
        });
    CHECK(completeness.look(1062 * second).queued == 2);
    CHECK(f.state() == "queued");
}

TEST_CASE("a clock that was set back keeps no study waiting, and one that was set forward hurries none") {
    Arrivals f(9000 * second);  // the node began to listen by a clock that was wrong
    f.receive("1", 9010 * second);
    CHECK(f.completeness.look(1100 * second).queued == 0);
    f.database.nothing_later_than(1000 * second);
    f.completeness.clock_was_set(1000 * second);
    CHECK(f.completeness.look(1059 * second).queued == 0);
    CHECK(f.completeness.look(1062 * second).queued == 1);

    f.receive("2", 1070 * second);
    f.completeness.clock_was_set(9000 * second);
    CHECK(f.completeness.look(9001 * second).queued == 0);
}
