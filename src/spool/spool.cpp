#include "spool/spool.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>

#include "base/fd.hpp"
#include "base/sha256.hpp"
#include "base/uid.hpp"
#include "dicom/own_objects.hpp"
#include "spool/layout.hpp"
#include "spool/part10.hpp"

namespace calcinode::spool {
namespace {

std::unexpected<Rejected> refuse(Refusal refusal, std::string what) {
    return std::unexpected(Rejected{refusal, std::move(what)});
}

std::unexpected<Rejected> refuse_storage(const std::string& what, int error_number) {
    const bool full = error_number == ENOSPC || error_number == EDQUOT;
    return refuse(full ? Refusal::no_space : Refusal::storage_failed,
                  what + ": " + system_error_text(error_number));
}

// Removes the file unless it was taken over.
class Leftover {
  public:
    explicit Leftover(const std::filesystem::path& file) : file_(&file) {}
    ~Leftover() {
        if (file_) ::unlink(file_->c_str());
    }
    Leftover(const Leftover&) = delete;
    Leftover& operator=(const Leftover&) = delete;
    void taken() { file_ = nullptr; }

  private:
    const std::filesystem::path* file_;
};

// Why the object is not what was announced, or not one to keep; nothing where it is fine.
std::optional<Rejected> objection(const Identity& identity, const Spool::Announced& announced) {
    for (const auto* uid : {&identity.sop_class_uid, &identity.sop_instance_uid, &identity.study_uid,
                            &identity.series_uid, &identity.transfer_syntax_uid})
        if (!Uid::parse(*uid))
            return Rejected{Refusal::not_understood, "a mandatory UID is missing or malformed"};
    if (identity.sop_class_uid != announced.sop_class_uid)
        return Rejected{Refusal::identity_mismatch, "the dataset's SOP class is not the announced one"};
    if (identity.sop_instance_uid != announced.sop_instance_uid)
        return Rejected{Refusal::identity_mismatch, "the dataset's SOP instance is not the announced one"};
    if (identity.transfer_syntax_uid != announced.transfer_syntax_uid)
        return Rejected{Refusal::identity_mismatch, "the file's transfer syntax is not the negotiated one"};
    if (made_by_us(identity.manufacturer, identity.model))
        return Rejected{Refusal::own_object, "made by this software, not analysed again"};
    return std::nullopt;
}

enum class Placed { placed, taken };

// Puts the file under its final name, on stable storage, if that name is free.
std::expected<Placed, Rejected> place(const std::filesystem::path& incoming,
                                      const std::filesystem::path& target) {
    {
        const Fd fd(::open(incoming.c_str(), O_RDONLY | O_CLOEXEC));
        if (!fd || ::fdatasync(fd.get()) != 0)
            return refuse_storage("cannot sync " + incoming.string(), errno);
    }
    auto result = Placed::placed;
    if (::renameat2(AT_FDCWD, incoming.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) != 0) {
        if (errno != EEXIST) return refuse_storage("cannot rename to " + target.string(), errno);
        result = Placed::taken;
    }
    if (auto synced = sync_folder(target.parent_path()); !synced)
        return refuse(Refusal::storage_failed, synced.error().what);
    return result;
}

store::InstanceRow row_of(const Part10File& file, const std::string& path, std::string calling_ae,
                          UnixMillis received) {
    const auto& id = file.identity;
    return {.sop_instance_uid = id.sop_instance_uid,
            .series_uid = id.series_uid,
            .study_uid = id.study_uid,
            .sop_class_uid = id.sop_class_uid,
            .transfer_syntax_uid = id.transfer_syntax_uid,
            .modality = id.modality,
            .path = path,
            .bytes = static_cast<std::int64_t>(file.bytes),
            .sha256 = file.dataset_sha256,
            .calling_ae = std::move(calling_ae),
            .received = received};
}

Stored stored(store::Insert insert) {
    switch (insert) {
        case store::Insert::added:
            return Stored::added;
        case store::Insert::same_again:
            return Stored::same_again;
        case store::Insert::differs:
            break;
    }
    return Stored::differs;
}

}  // namespace

Spool::Spool(std::filesystem::path folder, store::Database& database, std::uintmax_t minimum_free_bytes)
    : folder_(std::move(folder)), database_(&database), minimum_free_bytes_(minimum_free_bytes) {}

Result<Spool> Spool::open(const std::filesystem::path& folder, store::Database& database,
                          std::uintmax_t minimum_free_bytes) {
    if (auto made = make_layout(folder); !made) return std::unexpected(made.error());
    return Spool(folder, database, minimum_free_bytes);
}

std::expected<std::filesystem::path, Rejected> Spool::begin_instance() {
    struct statvfs space {};
    if (::statvfs(folder_.c_str(), &space) != 0)
        return refuse_storage("cannot look at " + folder_.string(), errno);
    const std::uintmax_t free_bytes = static_cast<std::uintmax_t>(space.f_bavail) * space.f_frsize;
    if (free_bytes < minimum_free_bytes_)
        return refuse(Refusal::no_space,
                      "only " + std::to_string(free_bytes >> 20) + " MiB free in the spool");
    static std::atomic<std::uint64_t> next{0};
    return incoming_folder(folder_) / (std::to_string(++next) + ".dcm");
}

std::expected<Kept, Rejected> Spool::commit_instance(const std::filesystem::path& incoming,
                                                     const Announced& announced) {
    const Leftover leftover(incoming);
    const auto file = read_part10(incoming);
    if (!file)
        return refuse(file.error().storage ? Refusal::storage_failed : Refusal::not_understood,
                      file.error().what);
    if (auto reason = objection(file->identity, announced)) return std::unexpected(std::move(*reason));

    const auto relative = relative_path_of(file->identity.sop_instance_uid);
    const auto target = folder_ / relative;
    const auto row = row_of(*file, relative, announced.calling_ae, now_ms());
    const auto known = database_->find_instance(row.sop_instance_uid);
    // A row whose file other hands removed: the same bytes again mend it.
    const bool mends = known && known->sha256 == row.sha256 && ::access(target.c_str(), F_OK) != 0;
    if (known && !mends) return keep_first(row, *known);

    const auto placed = place(incoming, target);
    if (!placed) return std::unexpected(placed.error());
    if (*placed == Placed::placed) return Kept{stored(database_->add_instance(row)), row.study_uid};

    // The name is taken, but has no row: another association is just adding it, or it lost its row in a
    // crash.
    const auto first = read_part10(target);
    if (!first) return refuse(Refusal::storage_failed, target.string() + ": " + first.error().what);
    const auto first_row = row_of(*first, relative, announced.calling_ae, row.received);
    database_->add_instance(first_row);
    return keep_first(row, first_row);
}

Kept Spool::keep_first(const store::InstanceRow& again, const store::InstanceRow& first) {
    if (again.sha256 == first.sha256) return {Stored::same_again, first.study_uid};
    database_->add_instance(again);  // counts the conflict in the first's row
    return {Stored::differs, first.study_uid};
}

std::filesystem::path Spool::file_of(const store::InstanceRow& row) const {
    return folder_ / row.path;
}

}  // namespace calcinode::spool
