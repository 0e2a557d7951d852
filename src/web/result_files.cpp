#include "web/result_files.hpp"

#include <algorithm>
#include <array>
#include <ranges>
#include <string_view>

namespace calcinode::web {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_files = 100;  // a result has five to twenty
constexpr std::array<std::string_view, 3> shown_types{".dcm", ".png", ".json"};

}  // namespace

const store::StudyResult* newest_kept(const store::StudyHistory& history) {
    for (const auto& result : std::views::reverse(history.results))
        if (!result.removed) return &result;
    return nullptr;
}

std::vector<ResultFile> files_of(const fs::path& results, const store::StudyResult* result) {
    std::vector<ResultFile> files;
    if (!result) return files;
    std::error_code error;
    for (fs::directory_iterator it(results / result->folder, error), end; !error && it != end;
         it.increment(error)) {
        std::error_code unknown;
        const auto type = it->path().extension().string();
        const bool shown = std::ranges::find(shown_types, type) != shown_types.end();
        if (!shown || !it->is_regular_file(unknown) || it->is_symlink(unknown) || files.size() == most_files)
            continue;
        const auto bytes = it->file_size(unknown);
        if (!unknown) files.push_back({it->path().filename().string(), it->path(), bytes});
    }
    std::ranges::sort(files, {}, &ResultFile::name);
    return files;
}

std::optional<ResultFile> file_named(const std::vector<ResultFile>& files, const std::string& name) {
    const auto found = std::ranges::find(files, name, &ResultFile::name);
    return found == files.end() ? std::nullopt : std::optional(*found);
}

std::string content_type_of(const std::string& name) {
    if (name.ends_with(".png")) return "image/png";
    if (name.ends_with(".json")) return "application/json";
    return "application/dicom";
}

}  // namespace calcinode::web
