#include "app/files.hpp"

#include <algorithm>

namespace calcinode::app {

namespace fs = std::filesystem;

Result<std::vector<fs::path>> regular_files(const std::vector<fs::path>& paths) {
    std::vector<fs::path> files;
    for (const auto& path : paths) {
        std::error_code error;
        if (fs::is_regular_file(path, error)) {
            files.push_back(path);
            continue;
        }
        if (!fs::is_directory(path, error)) return fail("no such file or folder: " + path.string());
        const auto readable_only = fs::directory_options::skip_permission_denied;
        for (const auto& entry : fs::recursive_directory_iterator(path, readable_only))
            if (entry.is_regular_file(error)) files.push_back(entry.path());
    }
    std::ranges::sort(files);
    return files;
}

}  // namespace calcinode::app
