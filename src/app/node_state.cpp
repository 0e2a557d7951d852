#include "app/node_state.hpp"

#include <spdlog/fmt/fmt.h>

#include <cstdio>

#include "app/check.hpp"
#include "app/data_folder.hpp"
#include "app/running_daemon.hpp"
#include "base/uid.hpp"

namespace calcinode::app {

std::expected<NodeState, int> open_node_state(const std::filesystem::path& config_file) {
    auto config = config::load(config_file);
    if (!config) {
        for (const auto& mistake : config.error())
            fmt::print(stderr, "{}\n", to_string(mistake, config_file));
        return std::unexpected(exit_bad_config);
    }
    const auto& folder = config->node.data_dir;
    auto database = store::Database::open_existing(DataFolder::database_file(folder));
    if (!database) {
        fmt::print(stderr, "calcinode: {}\n", database.error().what);
        return std::unexpected(exit_no_database);
    }
    const bool runs = daemon_runs(folder);
    return NodeState{std::move(*config), std::move(*database), runs};
}

std::expected<std::string, int> study_uid_of(const std::string& text) {
    if (text.empty()) return text;
    if (const auto uid = Uid::parse(text)) return uid->str();
    fmt::print(stderr, "calcinode: --study {}: is no UID (digits and dots, at most 64)\n", text);
    return std::unexpected(exit_bad_config);
}

int refuse(const std::string& study_uid, const char* why) {
    fmt::print(stderr, "calcinode: study {}: {}\n", study_uid, why);
    return exit_nothing_found;
}

std::string when_it_is_done(const NodeState& node) {
    return node.daemon_runs ? "The daemon takes it up within a second."
                            : "No daemon runs here; it is done when one is started.";
}

}  // namespace calcinode::app
