#include "base/fd.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace calcinode {

std::string system_error_text(int error_number) {
    return std::generic_category().message(error_number);
}

Fd& Fd::operator=(Fd&& other) noexcept {
    if (this != &other) {
        if (fd_ >= 0) ::close(fd_);
        fd_ = other.release();
    }
    return *this;
}

Fd::~Fd() {
    if (fd_ >= 0) ::close(fd_);
}

int Fd::release() noexcept {
    return std::exchange(fd_, -1);
}

AtomicFile::AtomicFile(Fd fd, std::filesystem::path target, std::filesystem::path temporary)
    : fd_(std::move(fd)), target_(std::move(target)), temporary_(std::move(temporary)) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : fd_(std::move(other.fd_)),
      target_(std::move(other.target_)),
      temporary_(std::exchange(other.temporary_, {})) {}

AtomicFile::~AtomicFile() {
    if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& target) {
    auto temporary = target;
    temporary += temporary_suffix;
    Fd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0640));
    if (!fd) return fail("cannot create " + temporary.string() + ": " + system_error_text(errno));
    return AtomicFile(std::move(fd), target, std::move(temporary));
}

Result<> AtomicFile::write(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::write(fd_.get(), bytes.data(), bytes.size());
        if (count < 0) {
            if (errno == EINTR) continue;
            return fail("cannot write " + temporary_.string() + ": " + system_error_text(errno));
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

Result<> AtomicFile::commit() {
    if (::fdatasync(fd_.get()) != 0)
        return fail("cannot sync " + temporary_.string() + ": " + system_error_text(errno));
    if (::rename(temporary_.c_str(), target_.c_str()) != 0)
        return fail("cannot rename " + temporary_.string() + ": " + system_error_text(errno));
    temporary_.clear();
    return sync_folder(target_.has_parent_path() ? target_.parent_path() : ".");
}

Result<> write_file_atomically(const std::filesystem::path& target, std::string_view content) {
    auto file = AtomicFile::create(target);
    if (!file) return std::unexpected(file.error());
    if (auto written = file->write(std::as_bytes(std::span(content))); !written) return written;
    return file->commit();
}

Result<> sync_folder(const std::filesystem::path& folder) {
    const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0)
        return fail("cannot sync folder " + folder.string() + ": " + system_error_text(errno));
    return {};
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return fail("cannot open " + path.string() + ": " + system_error_text(errno));
    std::string content;
    char block[65536];
    while (true) {
        const ssize_t count = ::read(fd.get(), block, sizeof block);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return fail("cannot read " + path.string() + ": " + system_error_text(errno));
        if (count == 0) return content;
        content.append(block, static_cast<std::size_t>(count));
        if (content.size() > limit)
            return fail(path.string() + " is larger than the " + std::to_string(limit) + " bytes allowed");
    }
}

}  // namespace calcinode
