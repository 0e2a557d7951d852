#include "spool/incoming_file.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "spool/durable.hpp"

namespace calcinode::spool {
namespace {

// The disk begins to write as soon as this much has come, so that little is left when the last byte is here
// and the sender waits. Less would cost more requests than it saves time.
constexpr std::uint64_t write_back_bytes = 128 * 1024;
// Not given to the disk before the end: place() fills in the header, and a block in flight would be written
// twice.
constexpr std::uint64_t first_block_bytes = 4096;

}  // namespace

IncomingFile::IncomingFile(std::filesystem::path path, std::size_t header_bytes)
    : path_(std::move(path)),
      header_bytes_(header_bytes),
      fd_(::open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640)),
      sent_on_(first_block_bytes) {
    if (!fd_) error_ = errno;
}

void IncomingFile::give_up() {
    if (fd_ && !path_.empty()) ::unlink(path_.c_str());
    fd_ = Fd();
}

void IncomingFile::give_up_for_space() {
    if (error_ == 0) error_ = ENOSPC;
    give_up();
}

void IncomingFile::write(std::span<const std::byte> bytes) {
    if (error_ != 0) return;
    if (!write_at(bytes, header_bytes_ + written_)) return give_up();  // its room is needed for others
    written_ += bytes.size();
    start_write_back();
}

bool IncomingFile::write_at(std::span<const std::byte> bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
        const ssize_t count = ::pwrite(fd_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            error_ = errno;
            return false;
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return true;
}

void IncomingFile::start_write_back() {
    // Whole blocks only: the last one is still being filled.
    const auto end = bytes() / first_block_bytes * first_block_bytes;
    if (end < sent_on_ + write_back_bytes) return;
    // A hint: what it can't do, the sync at the end does, and reports.
    ::sync_file_range(fd_.get(), static_cast<off_t>(sent_on_), static_cast<off_t>(end - sent_on_),
                      SYNC_FILE_RANGE_WRITE);
    sent_on_ = end;
}

IncomingFile::Placed IncomingFile::place(std::string_view header, const std::filesystem::path& target) {
    if (error_ != 0 || !write_at(std::as_bytes(std::span(header)), 0)) return Placed::failed;
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) != 0) {
        if (errno == EEXIST) return Placed::taken;
        error_ = errno;
        return Placed::failed;
    }
    path_.clear();
    if (const int failed = sync_file_and_name(fd_, target.parent_path()); failed != 0) {
        error_ = failed;
        ::unlink(target.c_str());
        return Placed::failed;
    }
    return Placed::placed;
}

}  // namespace calcinode::spool
