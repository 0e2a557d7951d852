// The spool: received instances as files on stable storage, and their rows.
//
//   DIR/incoming/        where files are received; they have no names, a kill leaves nothing behind
//   DIR/prepared/        files that are received into faster, and for a moment the second names of instances
//                        whose own are still to be put on stable storage (prepared_files.hpp)
//   DIR/instances/xx/    <SHA-256 of the SOP Instance UID>.dcm, xx its first two digits: no path is ever made
//                        from a received value
//
//   DIR/damaged/         files whose bytes are not what was received, set aside by the sweep
//
// A file in its final place, or in DIR/prepared, whose checksum is right is the truth; its row is an index
// that a sweep at start can rebuild.
#pragma once

#include <array>
#include <expected>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "base/result.hpp"
#include "spool/arrival.hpp"
#include "spool/space.hpp"
#include "store/store.hpp"

namespace calcinode::spool {

// Why an instance was not kept. receive maps it to a DIMSE status, in one place. no_space: the disk takes
// none now, full or read-only; storage_failed: it did not take this one.
enum class Refusal { no_space, not_understood, identity_mismatch, wrong_class, own_object, storage_failed };

struct Rejected {
    Refusal refusal;
    std::string what;
};

enum class Stored { added, same_again, differs };  // differs: same UID, other bytes; the first is kept

struct Kept {
    Stored how = Stored::added;
    std::string study_uid;
};

class Spool {
  public:
    // Makes the folders; an Error where one can't be written. `database` must outlive the spool.
    static Result<Spool> open(const std::filesystem::path& folder, store::Database& database,
                              std::uintmax_t minimum_free_bytes);

    // Ends removals that were broken off, removes half-written files, takes in files without rows, names rows
    // without files.
    struct Sweep {
        int removed = 0, taken_in = 0, missing = 0;
    };
    Sweep sweep();

    // Keeps so many bytes in files that are prepared, as long as `spare` and what images need are free beside
    // them; for a thread of its own, at short intervals. Returns whether there are more to be made at once;
    // an Error where the disk fails, which nothing else depends on.
    Result<bool> keep_prepared(std::uint64_t bytes, std::uint64_t spare = 0);

    // Makes room for the instance that an association announces, or refuses it. Write its dataset into it,
    // then commit it; the spool must outlive it.
    std::expected<std::unique_ptr<Arrival>, Rejected> begin_instance(const FileMeta& announced,
                                                                     Urgency urgency = Urgency::routine);

    // The whole dataset was written: checks it, puts data and name on stable storage, adds its row. When this
    // returns Kept, status 0000H may be sent. Of several callers with one UID at the same time one is first.
    // Throws store::StoreFailure.
    std::expected<Kept, Rejected> commit_instance(Arrival& arrival);

    // To be read: before this returns it is cut to its length, if it was not.
    std::filesystem::path file_of(const store::InstanceRow& row) const;
    // For readers that do not ask: all that is kept is a file as any other. For when a sender has gone.
    void cut_to_length() const;
    const std::filesystem::path& folder() const { return folder_; }
    Space& space() { return *space_; }

    // Removes the files of the study's instances that the database has marked, then their rows. Returns how
    // many files there were; an Error where one can't be removed: then the mark stays. Throws
    // store::StoreFailure.
    Result<int> remove_marked(const std::string& study_uid);

  private:
    Spool(std::filesystem::path folder, store::Database& database, std::uintmax_t minimum_free_bytes);
    std::expected<Kept, Rejected> keep(Arrival& arrival);
    std::expected<Kept, Rejected> name_taken(const store::InstanceRow& again);
    Kept keep_first(const store::InstanceRow& again, const store::InstanceRow& first);
    int finish_removals();
    int take_in_prepared();
    enum class Prepared { stock, instance, waste };
    std::expected<Prepared, Unreadable> what_is(const std::filesystem::path& prepared) const;
    bool take_in(const std::filesystem::path& file, const std::string& relative);
    bool is_same_dataset(const store::InstanceRow& known, const std::string& checksum) const;
    std::mutex& lock_of(const std::string& relative_path);

    std::filesystem::path folder_;
    std::unique_ptr<PreparedFiles> prepared_;
    std::unique_ptr<BlankFiles> blanks_;
    std::unique_ptr<Syncing> syncing_;
    // Of several instances with one UID one is committed at a time; others seldom meet.
    std::unique_ptr<std::array<std::mutex, 256>> locks_;
    store::Database* database_;
    std::unique_ptr<Space> space_;  // where others expect it, wherever this object is
};

}  // namespace calcinode::spool
