// Removing a study's images from the disk (see store/store.hpp, retention).
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <set>

#include "base/fd.hpp"
#include "spool/spool.hpp"

namespace calcinode::spool {

Result<int> Spool::remove_marked(const std::string& study_uid) {
    // With another name a removed one would come back by a power cut.
    if (auto settled = prepared_->settle(); !settled) return std::unexpected(settled.error());
    std::set<std::filesystem::path> folders;
    int removed = 0;
    for (const auto& path : database_->paths_being_removed(study_uid)) {
        const auto file = folder_ / path;
        // The same instance may just be coming again.
        const std::scoped_lock lock(lock_of(path));
        if (!database_->is_being_removed(study_uid, path)) continue;
        if (::unlink(file.c_str()) == 0)
            ++removed;
        else if (errno != ENOENT)
            return fail("cannot remove " + file.string() + ": " + system_error_text(errno));
        folders.insert(file.parent_path());
    }
    // A file that came back by a power cut would be taken for a new image once its row is gone.
    for (const auto& folder : folders)
        if (auto synced = sync_folder(folder); !synced) return std::unexpected(synced.error());
    // One that came again meanwhile and could not be recorded has a second name too.
    if (auto settled = prepared_->settle(); !settled) return std::unexpected(settled.error());
    database_->end_removal(study_uid, now_ms());
    return removed;
}

int Spool::finish_removals() {
    int finished = 0;
    for (const auto& study_uid : database_->studies_being_removed()) {
        if (const auto removed = remove_marked(study_uid); removed)
            ++finished;
        else
            spdlog::error("study {}: its images are still to be removed: {}", study_uid,
                          removed.error().what);
    }
    return finished;
}

}  // namespace calcinode::spool
