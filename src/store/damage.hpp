// A database that is damaged: found out at the start, and put out of the way. Private to this folder.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace calcinode::store {

// What is wrong with the database in `file`: SQLite finds a mistake in its structure, or it is no database.
// Nothing where it is sound, or is not there, or can't be looked at for another reason (no room, no right),
// which says nothing about its content.
std::optional<std::string> damage_of(const std::filesystem::path& file);

// Gives the database in `file`, and the log that belongs to it, a name that says since when it is out of use,
// and returns that name. Nothing is deleted.
Result<std::filesystem::path> set_aside(const std::filesystem::path& file);

}  // namespace calcinode::store
