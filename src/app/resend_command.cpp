#include "app/resend_command.hpp"

#include <spdlog/fmt/fmt.h>

#include <cstdio>
#include <vector>

#include "app/check.hpp"
#include "app/node_state.hpp"

namespace calcinode::app {
namespace {

// The configured destinations and alerts that are meant. One that was taken out of the configuration is none:
// what waited for it would wait for ever.
std::vector<std::string> meant(const config::Config& config, const std::string& name) {
    std::vector<std::string> names;
    for (const auto& receiver : config::receivers_of(config))
        if (name.empty() || receiver == name) names.push_back(receiver);
    return names;
}

}  // namespace

int resend(const ResendRequest& request) {
    const auto study_uid = study_uid_of(request.study_uid);
    if (!study_uid) return study_uid.error();
    if (study_uid->empty() && request.destination.empty() && !request.only_parked) {
        fmt::print(stderr,
                   "calcinode: resend without --study, --destination or --parked would send all results "
                   "that were ever made; say which\n");
        return exit_bad_config;
    }
    auto node = open_node_state(request.config);
    if (!node) return node.error();
    const auto destinations = meant(node->config, request.destination);
    if (destinations.empty()) {
        fmt::print(stderr, "calcinode: {} names no destination{}\n", request.config.string(),
                   request.destination.empty() ? "" : " " + request.destination);
        return exit_bad_config;
    }
    int count = 0;
    for (const auto& destination : destinations)
        count += node->database.resend({*study_uid, destination, request.only_parked}, now_ms());
    if (count == 0) {
        fmt::print(stderr,
                   "calcinode: no such {} is kept here; `calcinode status --config {}` shows what is\n",
                   request.only_parked ? "parked object" : "object", request.config.string());
        return exit_nothing_found;
    }
    fmt::print("{} object{} will be sent again. {}\n", count, count == 1 ? "" : "s", when_it_is_done(*node));
    return exit_done;
}

}  // namespace calcinode::app
