// What an analysis leaves behind: its identity, its row in the database, and how the log tells of it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "app/judge.hpp"
#include "store/store.hpp"

namespace calcinode::app {

// What the result was made of: `volume`, and what else its objects depend on; where there was no volume, the
// files as they are.
std::string identity_of(const std::string& volume, const std::vector<store::InstanceRow>& instances,
                        const JudgeOptions& options);

// `folder`: the result's, relative to that of all results.
store::NewResult row_of(const JudgedStudy& judged, const std::filesystem::path& folder);

// What will be sent, and to whom; each begins with a semicolon or is empty.
std::string consequence_of(const store::NewResult& result);
std::string alerts_of(const store::NewResult& result);

}  // namespace calcinode::app
