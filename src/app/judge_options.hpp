// What of the configuration a judgement depends on: the same for the daemon and `calcinode analyze`, so that
// both make the same objects.
#pragma once

#include <filesystem>
#include <optional>

#include "app/judge.hpp"
#include "config/config.hpp"

namespace calcinode::app {

JudgeOptions judge_options(const config::Config& config);

// The same from a file. Nothing where the file has mistakes: they are then on standard error, line by line.
std::optional<JudgeOptions> load_judge_options(const std::filesystem::path& config_file);

}  // namespace calcinode::app
