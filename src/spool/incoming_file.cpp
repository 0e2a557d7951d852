#include "spool/incoming_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

namespace calcinode::spool {

IncomingFile::IncomingFile(std::expected<Fd, int> blank, std::size_t header_bytes)
    : header_bytes_(header_bytes) {
    if (blank)
        fd_ = std::move(*blank);
    else
        error_ = blank.error();
}

void IncomingFile::give_up_for_space() {
    if (error_ == 0) error_ = ENOSPC;
    fd_ = Fd();
}

void IncomingFile::write(std::span<const std::byte> bytes) {
    if (error_ != 0) return;
    if (write_at(bytes, header_bytes_ + written_))
        written_ += bytes.size();
    else
        fd_ = Fd();  // its room is needed for others
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

IncomingFile::Placed IncomingFile::place(std::string_view header, const std::filesystem::path& target,
                                         Syncing& syncing) {
    if (error_ != 0 || !write_at(std::as_bytes(std::span(header)), 0)) return Placed::failed;
    // Linking fails where the name is taken, which renaming would not.
    const auto unnamed = "/proc/self/fd/" + std::to_string(fd_.get());
    if (::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, target.c_str(), AT_SYMLINK_FOLLOW) != 0) {
        if (errno == EEXIST) return Placed::taken;
        error_ = errno;
        return Placed::failed;
    }
    if (const int failed = syncing.file_and_name(fd_, target.parent_path()); failed != 0) {
        error_ = failed;
        ::unlink(target.c_str());
        return Placed::failed;
    }
    return Placed::placed;
}

}  // namespace calcinode::spool
