#include "app/forget_command.hpp"

#include <spdlog/fmt/fmt.h>

#include <cstdio>

#include "app/data_folder.hpp"
#include "app/node_state.hpp"
#include "app/result_folder.hpp"

namespace calcinode::app {
namespace {

// Nothing of them may be sent any more, nor be compared with.
Result<> remove_results(NodeState& node, const std::string& study_uid) {
    const auto folder = DataFolder::results_folder(node.config.node.data_dir);
    for (const auto& result : node.database.results_with_files(study_uid)) {
        if (auto removed = ResultFolder::remove(folder, result.folder); !removed) return removed;
        node.database.result_removed(result.id, now_ms());
    }
    return {};
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
    if (const auto removed = remove_results(*node, *study_uid); !removed) {
        fmt::print(stderr, "calcinode: study {}: its images go, but a result stays: {}\n", *study_uid,
                   removed.error().what);
        return exit_no_database;
    }
    fmt::print(
        "study {}: its images are removed{}, its results are, and what of them was not sent is given up. "
        "Then send "
        "the "
        "corrected study: it is analysed as a new revision. Results that are in the PACS already are to be "
        "deleted "
        "there.\n",
        *study_uid, node->daemon_runs ? " within seconds" : " when the daemon runs");
    return exit_done;
}

}  // namespace calcinode::app
