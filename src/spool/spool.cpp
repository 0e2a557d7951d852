#include "spool/spool.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>

#include "base/disk.hpp"
#include "base/fd.hpp"
#include "base/uid.hpp"
#include "dicom/own_objects.hpp"
#include "spool/durable.hpp"
#include "spool/layout.hpp"

namespace calcinode::spool {
namespace {

std::unexpected<Rejected> refuse(Refusal refusal, std::string what) {
    return std::unexpected(Rejected{refusal, std::move(what)});
}

// What stands against every image is told apart from what may be this one's bad luck: EIO may be a bad block.
std::unexpected<Rejected> refuse_storage(const std::string& what, int error_number) {
    const bool none_fits = error_number == ENOSPC || error_number == EDQUOT || error_number == EROFS;
    return refuse(none_fits ? Refusal::no_space : Refusal::storage_failed,
                  what + ": " + system_error_text(error_number));
}

// Why the object is not what was announced, or not one to keep; nothing where it is fine.
std::optional<Rejected> objection(const Identity& identity, const FileMeta& announced) {
    for (const auto* uid : {&identity.sop_class_uid, &identity.sop_instance_uid, &identity.study_uid,
                            &identity.series_uid, &identity.transfer_syntax_uid})
        if (!Uid::parse(*uid))
            return Rejected{Refusal::not_understood, "a mandatory UID is missing or malformed"};
    if (identity.sop_class_uid != announced.sop_class_uid)
        return Rejected{Refusal::identity_mismatch, "the dataset's SOP class is not the announced one"};
    if (identity.sop_instance_uid != announced.sop_instance_uid)
        return Rejected{Refusal::identity_mismatch, "the dataset's SOP instance is not the announced one"};
    if (made_by_us(identity.manufacturer, identity.model))
        return Rejected{Refusal::own_object, "made by this software, not analysed again"};
    return std::nullopt;
}

store::InstanceRow row_of(const Identity& id, const std::string& checksum, std::uint64_t bytes,
                          std::string calling_ae) {
    return {.sop_instance_uid = id.sop_instance_uid,
            .series_uid = id.series_uid,
            .study_uid = id.study_uid,
            .sop_class_uid = id.sop_class_uid,
            .transfer_syntax_uid = id.transfer_syntax_uid,
            .modality = id.modality,
            .path = relative_path_of(id.sop_instance_uid),
            .bytes = static_cast<std::int64_t>(bytes),
            .checksum = checksum,
            .calling_ae = std::move(calling_ae),
            .received = now_ms()};
}

// The first's row, as of now.
store::InstanceRow received_again(store::InstanceRow first, const store::InstanceRow& again) {
    first.received = again.received;
    first.urgent = again.urgent;
    return first;
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
    : folder_(std::move(folder)),
      prepared_(std::make_unique<PreparedFiles>(prepared_folder(folder_))),
      blanks_(std::make_unique<BlankFiles>(incoming_folder(folder_))),
      syncing_(std::make_unique<Syncing>()),
      locks_(std::make_unique<std::array<std::mutex, 256>>()),
      database_(&database),
      space_(std::make_unique<Space>(folder_, minimum_free_bytes)) {}

Result<Spool> Spool::open(const std::filesystem::path& folder, store::Database& database,
                          std::uintmax_t minimum_free_bytes) {
    if (auto made = make_layout(folder); !made) return std::unexpected(made.error());
    return Spool(folder, database, minimum_free_bytes);
}

std::expected<std::unique_ptr<Arrival>, Rejected> Spool::begin_instance(const FileMeta& announced,
                                                                        Urgency urgency) {
    if (!space_->has_room()) return refuse(Refusal::no_space, "no room in the spool");
    return std::make_unique<Arrival>(*prepared_, *blanks_, announced, urgency, *space_);
}

std::expected<Kept, Rejected> Spool::commit_instance(Arrival& arrival) {
    auto kept = keep(arrival);
    if (!kept && kept.error().refusal == Refusal::no_space) space_->ran_out(kept.error().what);
    return kept;
}

std::expected<Kept, Rejected> Spool::keep(Arrival& arrival) try {
    auto& file = arrival.file_;
    if (file.error_number() != 0)
        return refuse_storage("cannot write in " + folder_.string(), file.error_number());
    if (auto whole = arrival.reader_.finish(); !whole)
        return refuse(Refusal::not_understood, whole.error().what);
    const auto& identity = arrival.reader_.identity();
    if (auto reason = objection(identity, arrival.announced_)) return std::unexpected(std::move(*reason));

    const auto checksum = arrival.reader_.checksum();
    auto row = row_of(identity, checksum, file.bytes(), arrival.announced_.calling_ae);
    row.urgent = arrival.urgency_ == Urgency::urgent;
    const auto target = folder_ / row.path;
    const std::scoped_lock lock(lock_of(row.path));
    const auto known = database_->find_instance(row.sop_instance_uid);
    if (known && is_same_dataset(*known, checksum)) row.checksum = known->checksum;
    const bool leaving = known && database_->is_being_removed(known->study_uid, row.path);
    // A forgotten one makes room for the corrected one that comes before it has gone.
    if (leaving && known->checksum != row.checksum && database_->is_forgotten(known->study_uid)) {
        if (auto settled = prepared_->settle(); !settled)
            return refuse(Refusal::storage_failed, settled.error().what);
        ::unlink(target.c_str());
    }
    const bool there = known && ::access(target.c_str(), F_OK) == 0;
    if (there && leaving) database_->bring_back(received_again(*known, row));
    // An older file must not come back by a power cut, in the way of this one's name.
    if (leaving && !there)
        if (auto synced = sync_folder(target.parent_path()); !synced)
            return refuse(Refusal::storage_failed, synced.error().what);
    // A row whose file other hands removed: the same bytes again mend it.
    const bool mends = known && !there && (leaving || known->checksum == row.checksum);
    if (known && !mends) return keep_first(row, *known);

    switch (file.place(part10_header(arrival.announced_, checksum), target, *syncing_)) {
        case IncomingFile::Placed::placed:
            if (!mends) return Kept{stored(database_->add_instance(row)), row.study_uid};
            database_->bring_back(row);
            return Kept{known->checksum == row.checksum ? Stored::same_again : Stored::added, row.study_uid};
        case IncomingFile::Placed::taken:
            return name_taken(row);
        case IncomingFile::Placed::failed:
            break;
    }
    return refuse_storage("cannot keep " + target.string(), file.error_number());
} catch (const store::StoreFull& full) {
    // The file may stand in its place already; the same instance again finds it there.
    return refuse(Refusal::no_space, full.what());
}

// The name is taken, but has no row: that was lost in a crash, or could not be added.
std::expected<Kept, Rejected> Spool::name_taken(const store::InstanceRow& again) {
    const auto target = file_of(again);
    if (const int failed = sync_file_and_name(target); failed != 0)
        return refuse_storage("cannot sync " + target.string(), failed);
    const auto first = read_part10(target);
    if (!first) return refuse(Refusal::storage_failed, target.string() + ": " + first.error().what);
    const auto first_row = row_of(first->identity, first->dataset_checksum, first->bytes, again.calling_ae);
    database_->add_instance(first_row);
    return keep_first(again, first_row);
}

Kept Spool::keep_first(const store::InstanceRow& again, const store::InstanceRow& first) {
    const bool differs = again.checksum != first.checksum;
    // Counts the conflict in the first's row, or makes the study urgent.
    if (differs || again.urgent) database_->add_instance(again);
    return {differs ? Stored::differs : Stored::same_again, first.study_uid};
}

Result<bool> Spool::keep_prepared(std::uint64_t bytes, std::uint64_t spare) {
    if (auto settled = prepared_->settle_if_due(); !settled) return std::unexpected(settled.error());
    const auto free = free_bytes(folder_);
    const auto least = std::max<std::uint64_t>(space_->enough_bytes(), spare);
    // Where room is wanted the stock is the first to go.
    const bool wanted = !free || *free < least || !space_->has_room();
    prepared_->shrink(wanted ? 0 : bytes);
    if (wanted || *free < least + 2 * bytes) return false;
    return prepared_->make_some(bytes);
}

// The row of a file that an earlier version wrote holds a checksum of another kind, which is equal to none of
// today.
bool Spool::is_same_dataset(const store::InstanceRow& known, const std::string& checksum) const {
    if (known.checksum.size() == checksum.size()) return known.checksum == checksum;
    const auto file = read_part10(file_of(known));
    return file && file->dataset_checksum == checksum;
}

std::mutex& Spool::lock_of(const std::string& relative_path) {
    return (*locks_)[std::hash<std::string>()(relative_path) % locks_->size()];
}

std::filesystem::path Spool::file_of(const store::InstanceRow& row) const {
    cut_to_length();
    return folder_ / row.path;
}

// What can't be cut is tried again, and told, by keep_prepared(): on a disk that fails, a line for each file
// that somebody reads would fill the log.
void Spool::cut_to_length() const {
    if (const auto cut = prepared_->cut_to_length(); !cut) return;
}

}  // namespace calcinode::spool
