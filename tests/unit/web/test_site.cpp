// Answers, without a network.
#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "store/rows.hpp"
#include "web/exposition.hpp"
#include "web/site.hpp"

using namespace calcinode;
using namespace calcinode::web;
using nlohmann::json;

namespace {

const std::string no_utf8 = "bad \xff </script>";

// A daemon's database with a study that was judged, and the site beside it.
struct Fixture {
    test::TempFolder folder;
    store::Database daemon = store::open_in(folder);
    Site site{context(), Guard("")};

    Context context() {
        Node node;
        node.live = [] {
            Live live;
            live.last_look = now_ms();
            live.instances = {{"stored", 3}};
            return live;
        };
        node.status = [](store::Database&) { return std::string("{}"); };
        return {.node = node,
                .database = store::Database::open_existing(folder / "calcinode.db").value(),
                .results = folder / "results",
                .destinations = {"pacs", "archive"}};
    }
    void judge() {
        auto row = store::result("a");
        row.folder = "one/a";
        std::filesystem::create_directories(folder / "results/one/a");
        std::ofstream(folder / "results/one/a/result.json")
            << R"({"severity": "mild", "lesions": [{"evidence": []}]})";
        std::ofstream(folder / "results/one/a/sr.dcm") << "sr";
        std::ofstream(folder / "results/one/a/.hidden.dcm.part") << "x";
        daemon.finish_job(store::leased_job(daemon), row);
    }
    Answer ask(const std::string& method, std::vector<std::string> path,
               std::map<std::string, std::string> parameters = {}) {
        Request request;
        request.method = method;
        request.target = {std::move(path), std::move(parameters)};
        request.host = "localhost";
        request.marked = true;
        return site.answer(request);
    }
    json get(std::vector<std::string> path, std::map<std::string, std::string> parameters = {}) {
        const auto answer = ask("GET", std::move(path), std::move(parameters));
        REQUIRE(answer.status == 200);
        return json::parse(answer.body);
    }
    std::vector<std::string> listed(std::map<std::string, std::string> parameters = {}) {
        std::vector<std::string> uids;
        const auto answer = get({"api", "v1", "studies"}, std::move(parameters));
        for (const auto& one : answer["studies"]) uids.push_back(one["study_uid"]);
        return uids;
    }
    const std::vector<std::string> study{"api", "v1", "studies", "1.2"};
    std::vector<std::string> of_study(std::vector<std::string> more) {
        auto path = study;
        path.insert(path.end(), more.begin(), more.end());
        return path;
    }
};

}  // namespace

TEST_CASE("studies are paged, newest first, each once, also where two came in the same millisecond") {
    Fixture f;
    for (int i = 1; i <= 7; ++i) {
        auto row = store::instance(1, "1.2." + std::to_string(i));
        row.received = 1000 + i / 2;
        f.daemon.add_instance(row);
    }
    std::vector<std::string> all;
    json after;
    do {
        std::map<std::string, std::string> parameters{{"limit", "3"}};
        if (after.is_string()) parameters["after"] = after.get<std::string>();
        const auto page = f.get({"api", "v1", "studies"}, parameters);
        for (const auto& one : page["studies"]) all.push_back(one["study_uid"]);
        after = page["next"];
    } while (after.is_string());
    CHECK(all == std::vector<std::string>{"1.2.7", "1.2.6", "1.2.5", "1.2.4", "1.2.3", "1.2.2", "1.2.1"});
}

TEST_CASE("studies are found by a part of their UID, by state and by verdict; wrong parameters are told") {
    Fixture f;
    f.judge();
    f.daemon.add_instance(store::instance(1, "1.5.77"));
    CHECK(f.listed() == std::vector<std::string>{"1.5.77", "1.2"});
    CHECK(f.listed({{"search", "77"}}) == std::vector<std::string>{"1.5.77"});
    CHECK(f.listed({{"search", "%"}}).empty());
    CHECK(f.listed({{"state", "analysed"}}) == std::vector<std::string>{"1.2"});
    CHECK(f.listed({{"verdict", "positive"}}) == std::vector<std::string>{"1.2"});
    for (const auto& [name, value] : std::map<std::string, std::string>{
             {"limit", "0"}, {"after", "x"}, {"search", std::string(200, 'a')}})
        CHECK_MESSAGE(f.ask("GET", {"api", "v1", "studies"}, {{name, value}}).status == 400, name);
}

TEST_CASE("a study's answer has its measurements, its files and its deliveries, in valid UTF-8") {
    Fixture f;
    f.judge();
    f.daemon.delivery_parked(f.daemon.due_deliveries("pacs", now_ms(), 1).at(0).id, no_utf8);
    const auto answer = f.get(f.study);
    CHECK(answer["measurements"]["severity"] == "mild");
    CHECK_FALSE(answer["measurements"]["lesions"][0].contains("evidence"));
    REQUIRE(answer["objects"].size() == 2);
    CHECK(answer["objects"][1]["name"] == "sr.dcm");
    CHECK(answer["deliveries"].size() == 4);
    CHECK(answer["deliveries"][0]["last_error"] == "bad \xef\xbf\xbd </script>");
    CHECK(answer["study"]["deliveries"] == json{{"waiting", 3}, {"delivered", 0}, {"parked", 1}});
    CHECK(f.ask("GET", {"api", "v1", "studies", "1.9"}).status == 404);
    CHECK(f.ask("GET", {"api", "v1", "studies", "../x"}).status == 404);
}

TEST_CASE("only the files of the result are given out") {
    Fixture f;
    f.judge();
    const auto answer = f.ask("GET", f.of_study({"objects", "sr.dcm"}));
    CHECK(answer.file == f.folder / "results/one/a/sr.dcm");
    CHECK(answer.content_type == "application/dicom");
    for (const char* name :
         {"../../../calcinode.db", "../a/sr.dcm", "/etc/passwd", ".hidden.dcm.part", "", "."})
        CHECK_MESSAGE(f.ask("GET", f.of_study({"objects", name})).status == 404, name);
    std::filesystem::create_symlink("/etc/passwd", f.folder / "results/one/a/link.dcm");
    CHECK(f.ask("GET", f.of_study({"objects", "link.dcm"})).status == 404);
    CHECK(f.ask("GET", f.of_study({"figure.png"})).status == 404);
}

TEST_CASE("a delivery is parked, and released, once") {
    Fixture f;
    f.judge();
    const auto id = std::to_string(f.daemon.due_deliveries("pacs", now_ms(), 1).at(0).id);
    CHECK(f.ask("POST", f.of_study({"deliveries", id, "park"})).status == 202);
    CHECK(f.ask("POST", f.of_study({"deliveries", id, "park"})).status == 409);
    CHECK(f.daemon.delivery_counts_of("pacs").parked == 1);
    CHECK(f.ask("POST", f.of_study({"deliveries", id, "release"})).status == 202);
    CHECK(f.ask("POST", f.of_study({"deliveries", id, "release"})).status == 409);
    CHECK(f.daemon.delivery_counts_of("pacs").pending == 2);
    for (const char* wrong : {"0", "x", "999", "1x", ""})
        CHECK_MESSAGE(f.ask("POST", f.of_study({"deliveries", wrong, "park"})).status == 404, wrong);
}

TEST_CASE("results go again to one destination or all, never to one that is not configured") {
    Fixture f;
    f.judge();
    CHECK(f.ask("POST", f.of_study({"resend"})).status == 409);  // all is on its way
    for (const char* to : {"pacs", "archive"})
        for (const auto& due : f.daemon.due_deliveries(to, now_ms(), 10))
            f.daemon.delivery_sent(due.id, now_ms());
    CHECK(f.ask("POST", f.of_study({"resend"}), {{"destination", "elsewhere"}}).status == 404);
    CHECK(json::parse(f.ask("POST", f.of_study({"resend"}), {{"destination", "pacs"}}).body)["objects"] == 2);
    CHECK(f.daemon.delivery_counts_of("archive").sent == 2);
    CHECK(f.ask("POST", {"api", "v1", "destinations", "pacs", "release"}).status == 409);
}

TEST_CASE(
    "what is parked is given up and released again; what waits, only where it has no destination any more") {
    Fixture f;
    f.judge();
    const auto due = f.daemon.due_deliveries("pacs", now_ms(), 10);
    const auto path = [&](const char* what) {
        return f.of_study({"deliveries", std::to_string(due.at(0).id), what});
    };
    CHECK(f.ask("POST", path("discard")).status == 409);
    CHECK(f.ask("POST", {"api", "v1", "destinations", "pacs", "discard"}).status == 409);
    for (const auto& one : due) f.daemon.delivery_parked(one.id, "it refused the object");
    CHECK(f.ask("POST", path("discard")).status == 202);
    CHECK(f.ask("POST", path("discard")).status == 409);
    const auto answer = f.get(f.study);
    CHECK(answer["deliveries"][0]["state"] == "given_up");
    CHECK(answer["deliveries"][0]["last_error"] == "it refused the object");
    CHECK(answer["study"]["deliveries"]["parked"] == 1);
    CHECK(answer["timeline"].back()["what"] == "given up for pacs");
    CHECK(answer["timeline"].back()["detail"] == "1 object: it refused the object");
    CHECK(f.ask("POST", path("release")).status == 202);
    CHECK(f.daemon.delivery_counts_of("pacs").pending == 1);
    CHECK(json::parse(f.ask("POST", {"api", "v1", "destinations", "pacs", "discard"}).body)["objects"] == 1);

    f.site.context().destinations = {"pacs"};  // archive is not configured any more
    CHECK(json::parse(f.ask("POST", {"api", "v1", "destinations", "archive", "discard"}).body)["objects"] ==
          2);
    const auto metrics = f.ask("GET", {"metrics"}).body;
    CHECK(metrics.find("calcinode_deliveries{destination=\"archive\",state=\"given_up\"} 2\n") !=
          std::string::npos);
    CHECK(metrics.find("calcinode_delivery_oldest_seconds{destination=\"archive\"}") == std::string::npos);
}

TEST_CASE("there is news after a change by others and by a request, and not without one") {
    Fixture f;
    const auto revision = [&] { return f.get({"api", "v1", "events"})["revision"].get<std::string>(); };
    f.judge();
    const auto before = revision();
    CHECK(f.ask("GET", {"api", "v1", "events"}, {{"since", before}}).later);
    f.daemon.add_instance(store::instance(9, "1.7"));
    CHECK_FALSE(f.ask("GET", {"api", "v1", "events"}, {{"since", before}}).later);
    const auto between = revision();
    REQUIRE(f.ask("POST", f.of_study({"reanalyze"})).status == 202);
    CHECK(revision() != between);
}

TEST_CASE("a path has its methods and no others") {
    Fixture f;
    const auto wrong = f.ask("POST", {"metrics"});
    CHECK(wrong.status == 405);
    CHECK(std::ranges::find(wrong.headers, std::pair<std::string, std::string>("Allow", "GET, HEAD")) !=
          wrong.headers.end());
    CHECK(f.ask("GET", f.of_study({"resend"})).status == 405);
    CHECK(f.ask("GET", {"nothing"}).status == 404);
    CHECK(f.ask("GET", {"healthz", ""}).status == 404);
}

TEST_CASE("metrics name what Prometheus reads, with labels that cannot break out") {
    Fixture f;
    const auto text = f.ask("GET", {"metrics"}).body;
    CHECK(text.find("calcinode_instances_received_total{outcome=\"stored\"} 3\n") != std::string::npos);
    CHECK(text.find("calcinode_studies{state=\"failed\"} 0\n") != std::string::npos);
    CHECK(text.find("calcinode_results_total{status=\"failed\",verdict=\"\"} 0\n") != std::string::npos);
    Exposition out;
    out.metric("a", "gauge", "Help.");
    out.sample(1.5, {{"l", "x\"} 1\n\\"}});
    CHECK(out.text() == "# HELP a Help.\n# TYPE a gauge\na{l=\"x\\\"} 1\\n\\\\\"} 1.5\n");
}
