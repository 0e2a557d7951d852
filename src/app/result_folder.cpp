#include "app/result_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "base/fd.hpp"
#include "base/sha256.hpp"

namespace calcinode::app {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view temporary_prefix = ".making-";
constexpr std::size_t name_length = 32;  // 128 bits of the hash: no two of them meet

// A name for the file system made from a received value.
std::string name_from(const std::string& value) {
    Sha256 hash;
    hash.update(value);
    return hex(hash.finish()).substr(0, name_length);
}

bool is_temporary(const fs::path& folder) {
    return folder.filename().string().starts_with(temporary_prefix);
}

// The folders in `results` / `below`, relative to `results`.
std::vector<fs::path> folders_in(const fs::path& results, const fs::path& below) {
    std::vector<fs::path> folders;
    std::error_code error;
    for (fs::directory_iterator it(results / below, error), end; !error && it != end; it.increment(error))
        if (std::error_code ignored; it->is_directory(ignored))
            folders.push_back(below / it->path().filename());
    return folders;
}

Result<> sync_files_of(const fs::path& folder) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const Fd fd(::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
        if (!fd || ::fsync(fd.get()) != 0)
            return fail("cannot sync " + entry.path().string() + ": " + system_error_text(errno));
    }
    if (error) return fail("cannot read folder " + folder.string() + ": " + error.message());
    return sync_folder(folder);
}

}  // namespace

ResultFolder::ResultFolder(fs::path results, fs::path temporary)
    : results_(std::move(results)), temporary_(std::move(temporary)) {}

ResultFolder::ResultFolder(ResultFolder&& other) noexcept
    : results_(std::move(other.results_)), temporary_(std::exchange(other.temporary_, {})) {}

ResultFolder::~ResultFolder() {
    std::error_code ignored;
    if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

Result<ResultFolder> ResultFolder::begin(const fs::path& results, const std::string& study_uid) {
    const fs::path study = name_from(study_uid);
    const auto temporary = results / study / (std::string(temporary_prefix) + "result");
    std::error_code error;
    fs::remove_all(temporary, error);  // one worker only: what is there was left by an earlier try
    fs::create_directories(temporary, error);
    if (error) return fail("cannot make folder " + temporary.string() + ": " + error.message());
    if (auto synced = sync_folder(results); !synced) return std::unexpected(synced.error());
    return ResultFolder(results, temporary);
}

fs::path ResultFolder::name_of(const std::string& study_uid, const std::string& identity) {
    return fs::path(name_from(study_uid)) / name_from(identity);
}

Result<> ResultFolder::commit(const fs::path& relative) {
    const auto target = results_ / relative;
    std::error_code error;
    if (fs::exists(target, error)) return {};
    if (auto synced = sync_files_of(temporary_); !synced) return synced;
    fs::rename(temporary_, target, error);
    if (error) return fail("cannot rename " + temporary_.string() + ": " + error.message());
    temporary_.clear();
    return sync_folder(target.parent_path());
}

std::vector<fs::path> ResultFolder::studies(const fs::path& results) {
    return folders_in(results, {});
}

std::vector<fs::path> ResultFolder::results_of(const fs::path& results, const fs::path& study) {
    auto folders = folders_in(results, study);
    std::erase_if(folders, is_temporary);
    return folders;
}

Result<> ResultFolder::remove(const fs::path& results, const fs::path& relative) {
    const auto folder = results / relative;
    const auto on_its_way =
        folder.parent_path() / (std::string(temporary_prefix) + folder.filename().string());
    std::error_code error;
    fs::rename(folder, on_its_way, error);
    if (error && error != std::errc::no_such_file_or_directory)
        return fail("cannot rename " + folder.string() + ": " + error.message());
    fs::remove_all(on_its_way, error);
    if (error) return fail("cannot remove " + on_its_way.string() + ": " + error.message());
    return {};
}

int ResultFolder::sweep(const fs::path& results) {
    int removed = 0;
    std::error_code ignored;
    for (const auto& study : studies(results)) {
        for (const auto& folder : folders_in(results, study)) {
            if (!is_temporary(folder)) continue;
            fs::remove_all(results / folder, ignored);
            ++removed;
        }
        fs::remove(results / study, ignored);  // where it is empty
    }
    return removed;
}

}  // namespace calcinode::app
