// What `calcinode status` says in words.
#pragma once

#include <filesystem>
#include <string>

#include "app/node_status.hpp"

namespace calcinode::app {

// Several lines; where something is to be done, the command for it names `config_file`.
std::string in_words(const NodeStatus& status, const std::filesystem::path& config_file);
std::string in_words(const StudyStatus& status, const std::filesystem::path& config_file);

// "35 s", "12 min", "5 h 3 min", "4 d 2 h"; never negative.
std::string duration_in_words(UnixMillis ms);

}  // namespace calcinode::app
