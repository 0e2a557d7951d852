// What status, resend, discard, reanalyze and forget work on: the state of a node, whether its daemon runs or
// not. They share the database with the daemon (SQLite in WAL mode) and tell it nothing: it looks for work by
// itself.
#pragma once

#include <expected>
#include <filesystem>

#include "config/config.hpp"
#include "store/store.hpp"

namespace calcinode::app {

inline constexpr int exit_done = 0, exit_no_database = 3, exit_nothing_found = 4;

struct NodeState {
    config::Config config;
    store::Database database;
    bool daemon_runs = false;
};

// On failure what is wrong is on standard error, and this is the exit code.
std::expected<NodeState, int> open_node_state(const std::filesystem::path& config_file);

// Exit code 2 with a word on standard error where `text` is neither empty nor a UID.
std::expected<std::string, int> study_uid_of(const std::string& text);

// Says on standard error why nothing is done about the study; the exit code.
int refuse(const std::string& study_uid, const char* why);

// For the end of what resend and reanalyze say: when it will be done.
std::string when_it_is_done(const NodeState& node);

}  // namespace calcinode::app
