// An instance on its way into the spool: its file, and what its bytes say.
#pragma once

#include <span>
#include <string>

#include "spool/blank_files.hpp"
#include "spool/dataset_reader.hpp"
#include "spool/incoming_file.hpp"
#include "spool/part10.hpp"
#include "spool/space.hpp"

namespace calcinode::spool {

// Whether the study is to be analysed before others.
enum class Urgency { routine, urgent };

// Gone without a trace when destroyed, unless the spool committed it. Used by one thread.
class Arrival {
  public:
    // `prepared`, `blanks` and `space` must outlive this.
    Arrival(PreparedFiles& prepared, BlankFiles& blanks, FileMeta announced, Urgency urgency, Space& space)
        : space_(&space),
          blanks_(&blanks),
          urgency_(urgency),
          announced_(std::move(announced)),
          file_(file_from(prepared, blanks, part10_header(announced_, no_checksum()).size())),
          reader_(announced_.transfer_syntax_uid) {}
    // The sender has its answer now and is busy with its next instance: the time to make room for that.
    ~Arrival() { blanks_->make_one(); }
    Arrival(const Arrival&) = delete;
    Arrival& operator=(const Arrival&) = delete;

    // The dataset's next bytes. What fails is told by Spool::commit.
    void write(std::span<const std::byte> bytes) {
        file_.write(bytes);
        reader_.feed(bytes);
        if (file_.bytes() < look_at_disk_) return;
        look_at_disk_ = file_.bytes() + bytes_between_looks;
        if (!space_->has_room()) file_.give_up_for_space();
    }

  private:
    friend class Spool;
    // A multi-frame object may be larger than all that is left: what results and database need stays free.
    static constexpr std::uint64_t bytes_between_looks = 16 << 20;
    static IncomingFile file_from(PreparedFiles& prepared, BlankFiles& blanks, std::size_t header_bytes) {
        if (auto taken = prepared.take()) return {prepared, std::move(*taken), header_bytes};
        return {blanks.take(), header_bytes};
    }
    static std::string no_checksum() { return std::string(Checksum::digits, '0'); }

    Space* space_;
    std::uint64_t look_at_disk_ = bytes_between_looks;
    BlankFiles* blanks_;
    Urgency urgency_;
    FileMeta announced_;  // what the association said about it
    IncomingFile file_;
    DatasetReader reader_;
};

}  // namespace calcinode::spool
