#include "spool/incoming_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

namespace calcinode::spool {

IncomingFile::IncomingFile(std::expected<Fd, int> blank, std::size_t header_bytes) : pages_(header_bytes) {
    if (blank)
        fd_ = std::move(*blank);
    else
        error_ = blank.error();
}

IncomingFile::IncomingFile(PreparedFiles& stock, PreparedFiles::Taken taken, std::size_t header_bytes)
    : fd_(std::move(taken.fd)), pages_(header_bytes), stock_(&stock), prepared_(std::move(taken.name)) {}

IncomingFile::~IncomingFile() {
    if (prepared_.empty()) return;
    if (as_it_was_ && error_ == 0 && bytes() <= PreparedFiles::file_bytes)
        stock_->give_back(std::move(prepared_));
    else
        stock_->discard(prepared_);
}

void IncomingFile::give_up_for_space() {
    if (error_ == 0) error_ = ENOSPC;
    fd_ = Fd();
}

void IncomingFile::write(std::span<const std::byte> bytes) {
    if (error_ != 0) return;
    error_ = pages_.write(fd_, bytes);
    if (error_ != 0) fd_ = Fd();  // its room is needed for others
}

IncomingFile::Placed IncomingFile::failed(int error) {
    error_ = error;
    return Placed::failed;
}

IncomingFile::Placed IncomingFile::place(std::string_view header, const std::filesystem::path& target,
                                         Syncing& syncing) {
    as_it_was_ = false;
    if (error_ == 0) error_ = pages_.finish(fd_, header, !prepared_.empty());
    if (error_ != 0) return Placed::failed;
    if (!prepared_.empty()) return place_prepared(target);
    // Linking fails where the name is taken, which renaming would not. Before the sync, since one then does
    // for data and name.
    const auto unnamed = "/proc/self/fd/" + std::to_string(fd_.get());
    if (::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, target.c_str(), AT_SYMLINK_FOLLOW) != 0)
        return errno == EEXIST ? Placed::taken : failed(errno);
    if (const int error = syncing.file_and_name(fd_, target.parent_path()); error != 0) {
        ::unlink(target.c_str());
        sync_file_and_name(fd_, target.parent_path());  // as far as this disk still does that
        return failed(error);
    }
    return Placed::placed;
}

bool IncomingFile::cut_to_length() {
    return ::ftruncate(fd_.get(), static_cast<off_t>(bytes())) == 0;
}

IncomingFile::Placed IncomingFile::place_prepared(const std::filesystem::path& target) {
    // To sync another length would cost what is to be saved: the end is noted.
    const bool fits = bytes() <= PreparedFiles::capacity;
    const auto note = end_page(bytes());
    if (fits) error_ = write_at(fd_, std::as_bytes(std::span(note)), PreparedFiles::capacity);
    if (error_ != 0) return Placed::failed;
    if (!fits && !cut_to_length()) return failed(errno);
    if (::fdatasync(fd_.get()) != 0) return failed(errno);
    if (::link(stock_->path_of(prepared_).c_str(), target.c_str()) != 0)
        return errno == EEXIST ? Placed::taken : failed(errno);
    stock_->placed(std::exchange(prepared_, {}), bytes());
    return Placed::placed;
}

}  // namespace calcinode::spool
