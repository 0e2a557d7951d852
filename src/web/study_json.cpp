#include "web/study_json.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "base/fd.hpp"
#include "web/result_files.hpp"

namespace calcinode::web {
namespace {

// What of result.json people read; the rest is in the file itself.
constexpr std::array read_by_people{"software", "status", "reason_code", "severity", "series",
                                    "lesions",  "totals", "remarks",     "timing_s"};

Json measurements_in(const std::vector<ResultFile>& files) {
    const auto file = file_named(files, "result.json");
    if (!file) return nullptr;
    const auto text = read_file(file->path, largest_result);
    if (!text) return nullptr;  // removed meanwhile
    const auto all = Json::parse(*text, nullptr, false);
    if (!all.is_object()) {
        spdlog::warn("HTTP: {} is no result", file->path.string());
        return nullptr;
    }
    Json json = Json::object();
    for (const char* key : read_by_people)
        if (all.contains(key)) json[key] = all[key];
    if (json.contains("lesions"))
        for (auto& lesion : json["lesions"]) lesion.erase("evidence");
    if (!all.contains("spine")) return json;
    const auto& spine = all["spine"];
    for (const char* key : {"regions", "listhesis"})
        if (spine.contains(key)) json["spine"][key] = spine[key];
    return json;
}

Json files_json(const std::vector<ResultFile>& files) {
    Json json = Json::array();
    for (const auto& file : files) json.push_back({{"name", file.name}, {"bytes", file.bytes}});
    return json;
}

Json deliveries_json(const Context& context, const store::StudyHistory& history) {
    Json json = Json::array();
    for (const auto& d : history.deliveries)
        json.push_back({{"id", d.id},
                        {"revision", d.revision},
                        {"destination", d.destination},
                        {"configured", std::ranges::find(context.destinations, d.destination) !=
                                           context.destinations.end()},
                        {"file", d.file},
                        {"sop_class_uid", d.sop_class_uid},
                        {"sop_instance_uid", d.sop_instance_uid},
                        {"state", d.state},
                        {"attempts", d.attempts},
                        {"not_before_ms", d.not_before},
                        {"sent_ms", or_null(d.sent)},
                        {"committed_ms", or_null(d.committed)},
                        {"given_up_ms", or_null(d.given_up)},
                        {"last_error", d.last_error}});
    return json;
}

Json results_json(const store::StudyHistory& history) {
    Json json = Json::array();
    for (const auto& r : history.results)
        json.push_back({{"revision", r.revision},
                        {"status", r.status},
                        {"verdict", r.verdict},
                        {"reason", r.reason},
                        {"created_ms", r.created},
                        {"removed_ms", or_null(r.removed)}});
    return json;
}

struct Event {
    UnixMillis time;
    std::string what, detail;
};

void add_jobs(std::vector<Event>& events, const store::StudyHistory& history) {
    for (const auto& job : history.jobs) {
        const bool first = &job == &history.jobs.front();
        events.push_back({job.created, first ? "complete" : "to be analysed again", ""});
        if (job.began)
            events.push_back({*job.began, "analysis began",
                              job.attempts > 1 ? "attempt " + std::to_string(job.attempts) : ""});
        if (job.ended && job.state == "parked")
            events.push_back({*job.ended, "not analysed", job.last_error});
        if (job.ended && job.state == "done") events.push_back({*job.ended, "analysis ended", ""});
    }
}

std::string objects_in_words(int count) {
    return std::to_string(count) + (count == 1 ? " object" : " objects");
}

// Of all objects of one result that one destination got, one line when the last of them was there.
void add_deliveries(std::vector<Event>& events, const store::StudyHistory& history) {
    struct Last {
        int objects = 0;
        UnixMillis sent = 0, committed = 0;
        int commitments = 0;
    };
    std::map<std::pair<int, std::string>, Last> all;
    for (const auto& d : history.deliveries) {
        if (!d.sent) continue;
        auto& last = all[{d.revision, d.destination}];
        ++last.objects;
        last.sent = std::max(last.sent, *d.sent);
        if (!d.committed) continue;
        ++last.commitments;
        last.committed = std::max(last.committed, *d.committed);
    }
    for (const auto& [to, last] : all) {
        events.push_back({last.sent, "sent to " + to.second, objects_in_words(last.objects)});
        if (last.commitments > 0)
            events.push_back(
                {last.committed, "committed by " + to.second, objects_in_words(last.commitments)});
    }
}

// One line for all that were given up at once.
void add_given_up(std::vector<Event>& events, const store::StudyHistory& history) {
    std::map<std::pair<UnixMillis, std::string>, std::vector<const store::StudyDelivery*>> all;
    for (const auto& d : history.deliveries)
        if (d.given_up) all[{*d.given_up, d.destination}].push_back(&d);
    for (const auto& [when, deliveries] : all)
        events.push_back(
            {when.first, "given up for " + when.second,
             objects_in_words(static_cast<int>(deliveries.size())) + ": " + deliveries.front()->last_error});
}

}  // namespace

Json timeline_of(const store::StudyHistory& history) {
    std::vector<Event> events;
    events.push_back({history.study.first_received, "first image received", ""});
    events.push_back({history.study.work.last_received, "last image received", ""});
    if (history.gap_since) events.push_back({*history.gap_since, "slices are missing; waits for them", ""});
    add_jobs(events, history);
    for (const auto& result : history.results) {
        events.push_back({result.created, "result " + std::to_string(result.revision),
                          result.verdict.empty() ? result.status : result.verdict});
        if (result.removed)
            events.push_back({*result.removed, "result " + std::to_string(result.revision) + " removed", ""});
    }
    add_deliveries(events, history);
    add_given_up(events, history);
    if (history.images_removed) events.push_back({*history.images_removed, "images removed", ""});
    std::ranges::stable_sort(events, {}, &Event::time);
    Json json = Json::array();
    for (const auto& event : events)
        json.push_back({{"time_ms", event.time}, {"what", event.what}, {"detail", event.detail}});
    return json;
}

Json listed_json(Context& context, const store::ListedStudy& study) {
    const auto& work = study.work;
    Json json{{"study_uid", work.study_uid},
              {"state", work.state},
              {"verdict", work.verdict},
              {"reason", work.reason},
              {"urgent", study.urgent},
              {"instances", work.instances},
              {"first_received_ms", study.first_received},
              {"last_received_ms", work.last_received},
              {"deliveries",
               {{"waiting", study.waiting}, {"delivered", study.delivered}, {"parked", study.parked}}}};
    if (!work.job_state.empty())
        json["job"] = {{"state", work.job_state},
                       {"attempts", work.attempts},
                       {"not_before_ms", work.not_before},
                       {"last_error", work.job_error}};
    if (!context.node.patient) return json;
    if (const auto patient = context.node.patient(context.database, work.study_uid))
        json["patient"] = {{"name", patient->name}, {"id", patient->id}};
    return json;
}

Json history_json(Context& context, const store::StudyHistory& history) {
    const auto files = files_of(context.results, newest_kept(history));
    return {{"schema", "calcinode.study/1"},
            {"study", listed_json(context, history.study)},
            {"conflicts", history.conflicts},
            {"timeline", timeline_of(history)},
            {"results", results_json(history)},
            {"measurements", measurements_in(files)},
            {"figure", file_named(files, "figure.png").has_value()},
            {"objects", files_json(files)},
            {"deliveries", deliveries_json(context, history)}};
}

}  // namespace calcinode::web
