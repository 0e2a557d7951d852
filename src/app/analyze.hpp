// `calcinode analyze PATH... --output DIR`: the same analysis and objects as the daemon's, offline.
#pragma once

#include <filesystem>
#include <vector>

#include "app/judge.hpp"

namespace calcinode::app {

// Exit codes of the command line (design: "Command line and result.json").
inline constexpr int exit_judged = 0, exit_usage = 2, exit_unreadable = 3, exit_nothing_to_judge = 4;

// Writes DIR/<study UID>/result.json and the objects for each study found in `paths` (files, or folders that
// are searched), and says on standard output what was found. Returns the exit code.
int analyze(const std::vector<std::filesystem::path>& paths, const std::filesystem::path& output,
            const JudgeOptions& options);

}  // namespace calcinode::app
