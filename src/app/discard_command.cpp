#include "app/discard_command.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <vector>

#include "app/check.hpp"
#include "app/node_state.hpp"

namespace calcinode::app {
namespace {

// Of what was ever to be delivered, also where it is not in the configuration any more.
std::set<std::string> known_destinations(store::Database& database, const std::string& name) {
    std::set<std::string> names;
    for (const auto& group : database.overview().deliveries)
        if (name.empty() || group.destination == name) names.insert(group.destination);
    return names;
}

bool is_configured(const config::Config& config, const std::string& name) {
    const auto names = config::receivers_of(config);
    return std::ranges::find(names, name) != names.end();
}

int refuse_options(const char* what) {
    fmt::print(stderr, "calcinode: {}\n", what);
    return exit_bad_config;
}

}  // namespace

int discard(const DiscardRequest& request) {
    const auto study_uid = study_uid_of(request.study_uid);
    if (!study_uid) return study_uid.error();
    if (study_uid->empty() && request.destination.empty())
        return refuse_options(
            "discard without --study or --destination would give up all that is parked; say which");
    auto node = open_node_state(request.config);
    if (!node) return node.error();
    int all = 0;
    for (const auto& destination : known_destinations(node->database, request.destination)) {
        const bool configured = is_configured(node->config, destination);
        const int count = node->database.discard(
            {.study_uid = *study_uid, .destination = destination, .only_parked = configured}, now_ms());
        if (count == 0) continue;
        fmt::print("{}: {} object{} given up{}.\n", destination, count, count == 1 ? "" : "s",
                   configured ? "" : "; it is not in the configuration");
        all += count;
    }
    if (all == 0) {
        fmt::print(stderr,
                   "calcinode: nothing of that is parked; `calcinode status --config {}` shows what is\n",
                   request.config.string());
        return exit_nothing_found;
    }
    fmt::print(
        "Nothing waits for {} any more. To send {} all the same, study by study, where the destination is "
        "configured: "
        "calcinode resend --config {} --parked --study {}\n",
        all == 1 ? "it" : "them", all == 1 ? "it" : "them", request.config.string(),
        study_uid->empty() ? "UID" : *study_uid);
    return exit_done;
}

}  // namespace calcinode::app
