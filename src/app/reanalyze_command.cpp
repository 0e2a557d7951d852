#include "app/reanalyze_command.hpp"

#include <spdlog/fmt/fmt.h>

#include <cstdio>

#include "app/node_state.hpp"

namespace calcinode::app {
int reanalyze(const std::filesystem::path& config, const std::string& text) {
    const auto study_uid = study_uid_of(text);
    if (!study_uid) return study_uid.error();
    auto node = open_node_state(config);
    if (!node) return node.error();
    switch (node->database.reanalyze(*study_uid, now_ms())) {
        case store::Reanalysis::unknown_study:
            return refuse(*study_uid, "is not known here; nothing of it was received");
        case store::Reanalysis::no_images:
            return refuse(*study_uid, "its images are not kept any more; send it again");
        case store::Reanalysis::still_receiving:
            return refuse(*study_uid,
                          "images of it still arrive; it is analysed by itself when it is complete");
        case store::Reanalysis::waits_already:
            fmt::print("study {}: waits for its analysis already, or is under way.\n", *study_uid);
            return exit_done;
        case store::Reanalysis::queued:
            break;
    }
    fmt::print(
        "study {}: queued for analysis. {}\n"
        "The same images, software and configuration give the same objects with the same UIDs: then nothing "
        "is "
        "sent, and no second result appears in the PACS. To send what is there again: calcinode resend "
        "--config {} --study {}\n",
        *study_uid, when_it_is_done(*node), config.string(), *study_uid);
    return exit_done;
}

}  // namespace calcinode::app
