// The files of a study's result that may be downloaded.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "store/history.hpp"

namespace calcinode::web {

struct ResultFile {
    std::string name;
    std::filesystem::path path;
    std::uintmax_t bytes = 0;
};

// The newest result that is still on disk; null: there is none.
const store::StudyResult* newest_kept(const store::StudyHistory& history);
// Its files, by name; none where there is no result. Names come from the folder, never from a request.
std::vector<ResultFile> files_of(const std::filesystem::path& results, const store::StudyResult* result);
std::optional<ResultFile> file_named(const std::vector<ResultFile>& files, const std::string& name);
// What is sent as the type of such a file.
std::string content_type_of(const std::string& name);

}  // namespace calcinode::web
