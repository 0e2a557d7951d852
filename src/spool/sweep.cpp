// The sweep at start: makes files and rows agree again after a crash.
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <system_error>
#include <vector>

#include "base/fd.hpp"
#include "base/uid.hpp"
#include "spool/durable.hpp"
#include "spool/layout.hpp"
#include "spool/part10.hpp"
#include "spool/spool.hpp"

namespace calcinode::spool {
namespace {

namespace fs = std::filesystem;

// Single files that are named in the log; the count at the end has them all.
constexpr int most_lines = 10;
// Every image is read when the database was lost; that may take hours, and must not look like a hang.
constexpr auto say_every = std::chrono::seconds(30);

std::vector<fs::path> files_below(const fs::path& folder) {
    std::vector<fs::path> files;
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (it->is_regular_file(error)) files.push_back(it->path());
    if (error) spdlog::error("cannot list {}: {}", folder.string(), error.message());
    return files;
}

UnixMillis modified(const fs::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return now_ms();
    return static_cast<UnixMillis>(status.st_mtim.tv_sec) * 1000 + status.st_mtim.tv_nsec / 1'000'000;
}

}  // namespace

bool Spool::take_in(const fs::path& file, const std::string& relative) {
    const auto content = read_part10(file);
    if (!content) {
        if (content.error().storage)
            spdlog::error("{} in the spool can't be read and is left out: {}", relative,
                          content.error().what);
        else
            set_aside(folder_, file, content.error().what);
        return false;
    }
    const auto& id = content->identity;
    if (relative_path_of(id.sop_instance_uid) != relative || !Uid::parse(id.study_uid) ||
        !Uid::parse(id.series_uid)) {
        spdlog::error("{} in the spool is not what its name says and is left out", relative);
        return false;
    }
    // Written by a process that was killed, it may be in the page cache alone; once it has its row, the same
    // instance again is acknowledged as known.
    if (const int failed = sync_file_and_name(file); failed != 0) {
        spdlog::error("{} in the spool can't be synced and is left out: {}", relative,
                      system_error_text(failed));
        return false;
    }
    database_->add_instance({.sop_instance_uid = id.sop_instance_uid,
                             .series_uid = id.series_uid,
                             .study_uid = id.study_uid,
                             .sop_class_uid = id.sop_class_uid,
                             .transfer_syntax_uid = id.transfer_syntax_uid,
                             .modality = id.modality,
                             .path = relative,
                             .bytes = static_cast<std::int64_t>(content->bytes),
                             .checksum = content->dataset_checksum,
                             .calling_ae = content->source_ae,
                             .received = modified(file)});
    return true;
}

Spool::Sweep Spool::sweep() {
    Sweep result;
    result.removed = take_in_prepared();
    finish_removals();
    for (const auto& file : files_below(incoming_folder(folder_)))
        if (::unlink(file.c_str()) == 0) ++result.removed;

    const auto known = database_->instance_paths();  // sorted
    std::size_t present = 0;
    auto said = std::chrono::steady_clock::now();
    const auto look_at = [&](const fs::path& file) {
        const auto relative = file.lexically_relative(folder_).string();
        if (std::ranges::binary_search(known, relative))
            ++present;
        else if (take_in(file, relative))
            ++result.taken_in;
        if (const auto now = std::chrono::steady_clock::now(); now - said >= say_every) {
            said = now;
            spdlog::info("looking through the spool: {} files known, {} indexed again so far", present,
                         result.taken_in);
        }
    };
    // Folder by folder: all paths at once would be a gigabyte where a million images wait.
    for (const auto& entry : entries_of(instances_folder(folder_))) {
        std::error_code error;
        if (!entry.is_directory(error))
            look_at(entry.path());
        else
            for (const auto& file : files_below(entry.path())) look_at(file);
    }
    if (present < known.size()) {
        for (const auto& path : known)
            if (!fs::exists(folder_ / path)) {
                if (++result.missing <= most_lines)
                    spdlog::error("{} has a row but no file: it was removed from the spool by other hands",
                                  path);
            }
    }
    return result;
}

}  // namespace calcinode::spool
