#include "app/forget_command.hpp"

#include <spdlog/fmt/fmt.h>

#include <cstdio>

#include "app/node_state.hpp"

namespace calcinode::app {
namespace {

int refuse(const std::string& study_uid, const char* why) {
    fmt::print(stderr, "calcinode: study {}: {}\n", study_uid, why);
    return exit_nothing_found;
}

}  // namespace

int forget(const std::filesystem::path& config, const std::string& text) {
    const auto study_uid = study_uid_of(text);
    if (!study_uid) return study_uid.error();
    auto node = open_node_state(config);
    if (!node) return node.error();
    switch (node->database.forget(*study_uid, now_ms())) {
        case store::Forgetting::unknown_study:
            return refuse(*study_uid, "is not known here; nothing of it was received");
        case store::Forgetting::no_images:
            return refuse(*study_uid, "its images are not kept any more; corrected ones may come");
        case store::Forgetting::not_ended:
            return refuse(*study_uid,
                          "is being received or waits for its analysis; try again when that has ended");
        case store::Forgetting::done:
            break;
    }
    fmt::print(
        "study {}: its images are removed{}, and what of its results was not sent yet is given up. Then send "
        "the "
        "corrected study: it is analysed as a new revision. Results that are in the PACS already are to be "
        "deleted "
        "there.\n",
        *study_uid, node->daemon_runs ? " within seconds" : " when the daemon runs");
    return exit_done;
}

}  // namespace calcinode::app
