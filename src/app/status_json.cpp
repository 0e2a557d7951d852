#include <nlohmann/json.hpp>

#include "app/node_status.hpp"

namespace calcinode::app {
namespace {

using Json = nlohmann::ordered_json;  // keys in the order in which they are written

Json counts(const std::vector<store::StateCount>& all) {
    Json json = Json::object();
    for (const auto& [state, count] : all) json[state] = count;
    return json;
}

Json study_json(const store::StudyWork& study) {
    Json json{{"study_uid", study.study_uid}, {"state", study.state},
              {"verdict", study.verdict},     {"reason", study.reason},
              {"instances", study.instances}, {"last_received_ms", study.last_received}};
    if (!study.job_state.empty())
        json["job"] = {{"state", study.job_state},
                       {"attempts", study.attempts},
                       {"not_before_ms", study.not_before},
                       {"last_error", study.job_error}};
    return json;
}

Json studies_json(const std::vector<store::StudyWork>& studies) {
    Json json = Json::array();
    for (const auto& study : studies) json.push_back(study_json(study));
    return json;
}

// By destination: what is known of it, and its deliveries by state.
Json destinations_json(const auto& status) {
    Json json = Json::object();
    const auto entry = [&](const std::string& name) -> Json& {
        auto& of = json[name];
        if (of.is_null()) of = {{"configured", false}, {"deliveries", Json::object()}};
        return of;
    };
    for (const auto& name : status.configured) entry(name)["configured"] = true;
    for (const auto& group : status.work.deliveries)
        entry(group.destination)["deliveries"][group.state] = {
            {"count", group.count}, {"due_ms", group.due}, {"last_error", group.last_error}};
    for (const auto& row : status.destinations)
        if (json.contains(row.name))
            json[row.name]["reachable"] = {{"failures", row.failures},
                                           {"not_before_ms", row.not_before},
                                           {"trouble", row.trouble},
                                           {"since_ms", row.since}};
    return json;
}

Json retention_json(const config::Retention& rules) {
    return {{"keep_days", rules.keep_days},
            {"keep_failed_days", rules.keep_failed_days},
            {"keep_results_days", rules.keep_results_days},
            {"max_gib", rules.max_gib},
            {"free_mib", rules.free_mib}};
}

// Whatever a peer once said stands in the errors: what is no UTF-8 becomes a replacement character.
std::string written(const Json& json) {
    return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string in_json(const NodeStatus& status) {
    return written({{"schema", "calcinode.status/1"},
                    {"time_ms", status.now},
                    {"daemon_runs", status.daemon_runs},
                    {"data_dir", status.data_dir.string()},
                    {"disk",
                     {{"free_bytes", status.disk.free_bytes},
                      {"total_bytes", status.disk.total_bytes},
                      {"refuse_below_bytes", status.disk.refuse_below_bytes},
                      {"images_refused", status.disk.images_refused}}},
                    {"retention", retention_json(status.retention)},
                    {"images", {{"count", status.work.instances}, {"bytes", status.work.instance_bytes}}},
                    {"studies", counts(status.work.studies)},
                    {"unfinished", studies_json(status.work.unfinished)},
                    {"failed", studies_json(status.work.failed)},
                    {"jobs", counts(status.work.jobs)},
                    {"destinations", destinations_json(status)}});
}

std::string in_json(const StudyStatus& status) {
    return written({{"schema", "calcinode.study-status/1"},
                    {"time_ms", status.now},
                    {"study", study_json(status.work.study)},
                    {"destinations", destinations_json(status)}});
}

}  // namespace calcinode::app
