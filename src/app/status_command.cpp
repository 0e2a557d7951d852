#include "app/status_command.hpp"

#include <spdlog/fmt/fmt.h>

#include <cstdio>

#include "app/node_state.hpp"
#include "app/node_status.hpp"
#include "app/status_words.hpp"

namespace calcinode::app {
namespace {

int say(const auto& status, const StatusRequest& request) {
    fmt::print("{}\n", request.json ? in_json(status) : in_words(status, request.config));
    return exit_done;
}

}  // namespace

int status(const StatusRequest& request) {
    const auto study_uid = study_uid_of(request.study_uid);
    if (!study_uid) return study_uid.error();
    auto node = open_node_state(request.config);
    if (!node) return node.error();
    auto& [configured, database, runs] = *node;
    if (study_uid->empty()) return say(status_of(configured, database, runs), request);
    auto work = database.study_overview(*study_uid);
    if (!work) {
        fmt::print(stderr, "calcinode: study {} is not known here; nothing of it was received\n", *study_uid);
        return exit_nothing_found;
    }
    return say(
        StudyStatus{now_ms(), std::move(*work), database.destinations(), config::receivers_of(configured)},
        request);
}

}  // namespace calcinode::app
