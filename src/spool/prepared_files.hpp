// Files for instances to be received into whose blocks and names are on the disk already.
//
// To put a new file on stable storage costs the disk several rounds: for the data, for what says where they
// are, for the name. Over blocks that are there it is one. So a stock of files is kept, each of the size of a
// CT slice and filled with zeros, and made up again when nobody sends. An instance is written into one,
// synced, and gets its own name besides, which is not synced: that is done later for many at once (settle),
// and until then a start finds the instance under the name it was prepared with (sweep). Its file is cut to
// its length later, too: to give the end's blocks back is a request to the disk of its own, which the next
// image of the same sender would have to wait for.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "spool/page_writer.hpp"

namespace calcinode::spool {

// Safe from any thread; but what makes files is called by one.
class PreparedFiles {
  public:
    // A slice of 512 x 512 pixels of 16 bits, and 32 KiB for its other elements and the note of its end.
    static constexpr std::uint64_t file_bytes = 544 * 1024;
    // Of an instance, at most: the last page is for the note of its end.
    static constexpr std::uint64_t capacity = file_bytes - PageWriter::page_bytes;

    explicit PreparedFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}
    ~PreparedFiles() {
        if (const auto cut = cut_to_length(); !cut) return;  // the next start does it
    }
    PreparedFiles(const PreparedFiles&) = delete;
    PreparedFiles& operator=(const PreparedFiles&) = delete;

    struct Taken {
        Fd fd;
        std::string name;
    };
    // None where the stock is used up.
    std::optional<Taken> take();
    // Found at the start: `placed` where it has its own name besides.
    void found(std::string name, bool placed);
    // What was taken is as it was at its beginning, and of the same size.
    void give_back(std::string name);
    // What was taken is of no use any more.
    void discard(const std::string& name);
    // What was taken has its own name besides, which is to be put on stable storage. The instance in it ends
    // at `end`, where the file is to be cut.
    void placed(std::string name, std::uint64_t end);
    std::filesystem::path path_of(const std::string& name) const { return folder_ / name; }

    // Cuts all that was placed to its length, before it is read. An Error where one can't be cut, which is
    // tried again by the next call.
    Result<> cut_to_length();
    // The same, puts the own names on stable storage, and takes the others away. It may wait for all that
    // others have to write on this file system.
    Result<> settle();
    // The same where nobody sends just now, or some of them wait for it for seconds.
    Result<> settle_if_due();
    // Makes some of those that `wanted` bytes have place for and that are not there, unless one was taken
    // just now: whoever sends has the disk for himself. Returns whether there are more to make at once. After
    // an Error it makes none for some minutes.
    Result<bool> make_some(std::uint64_t wanted);
    // Gives the room of the stock back, as far as there is more than `wanted` bytes.
    void shrink(std::uint64_t wanted);

  private:
    using Clock = std::chrono::steady_clock;
    std::size_t lacking(std::uint64_t wanted) const;
    bool is_due() const;
    Result<> remove(const std::vector<std::string>& names) const;
    std::string new_name();

    std::filesystem::path folder_;
    mutable std::mutex mutex_;
    struct Uncut {
        std::string name;
        std::uint64_t end;
    };
    std::vector<std::string> stock_;
    std::vector<Uncut> uncut_;  // of the unsettled ones
    std::vector<std::string> unsettled_;
    std::size_t used_ = 0;                                         // taken, and neither given back nor gone
    Clock::time_point last_taken_, first_unsettled_, not_before_;  // of the next one made
    std::uint64_t last_number_ = 0;
    std::mutex settling_, cutting_;
};

// The last page of a prepared file that was not cut to its length yet: it says where the instance ends.
std::string end_page(std::uint64_t end);
std::optional<std::uint64_t> parse_end_page(std::string_view page);

}  // namespace calcinode::spool
