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

ResultFolder::ResultFolder(fs::path results, fs::path study, fs::path temporary)
    : results_(std::move(results)), study_(std::move(study)), temporary_(std::move(temporary)) {}

ResultFolder::ResultFolder(ResultFolder&& other) noexcept
    : results_(std::move(other.results_)),
      study_(std::move(other.study_)),
      temporary_(std::exchange(other.temporary_, {})) {}

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
    return ResultFolder(results, study, temporary);
}

Result<fs::path> ResultFolder::commit(const std::string& identity) {
    const auto relative = study_ / name_from(identity);
    const auto target = results_ / relative;
    std::error_code error;
    if (fs::exists(target, error)) return relative;
    if (auto synced = sync_files_of(temporary_); !synced) return std::unexpected(synced.error());
    fs::rename(temporary_, target, error);
    if (error) return fail("cannot rename " + temporary_.string() + ": " + error.message());
    temporary_.clear();
    if (auto synced = sync_folder(results_ / study_); !synced) return std::unexpected(synced.error());
    return relative;
}

int ResultFolder::sweep(const fs::path& results) {
    int removed = 0;
    std::error_code error;
    for (const auto& study : fs::directory_iterator(results, error)) {
        std::error_code inner;
        for (const auto& entry : fs::directory_iterator(study.path(), inner)) {
            if (!entry.path().filename().string().starts_with(temporary_prefix)) continue;
            fs::remove_all(entry.path(), inner);
            ++removed;
        }
    }
    return removed;
}

}  // namespace calcinode::app
