#include "base/disk.hpp"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/fd.hpp"

namespace calcinode {

Result<std::uintmax_t> free_bytes(const std::filesystem::path& folder) {
    struct statvfs space {};
    if (::statvfs(folder.c_str(), &space) != 0)
        return fail("cannot look at " + folder.string() + ": " + system_error_text(errno));
    return static_cast<std::uintmax_t>(space.f_bavail) * space.f_frsize;
}

Result<> try_room(const std::filesystem::path& folder, std::uintmax_t bytes) {
    const auto failed = [&](int error_number) {
        return fail("cannot write to " + folder.string() + ": " + system_error_text(error_number));
    };
    const Fd fd(::open(folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600));
    if (!fd && errno != EOPNOTSUPP && errno != EISDIR) return failed(errno);
    if (!fd) return {};  // a file system without nameless files: nothing is known against it
    // Not posix_fallocate(): where the file system can't reserve, that writes all the bytes.
    if (::fallocate(fd.get(), 0, 0, static_cast<off_t>(bytes)) != 0 && errno != EOPNOTSUPP)
        return failed(errno);
    constexpr std::array<char, 4096> block{};
    constexpr std::uintmax_t apart = 1 << 20;
    for (std::uintmax_t at = 0; at == 0 || at + block.size() <= bytes; at += apart)
        if (::pwrite(fd.get(), block.data(), block.size(), static_cast<off_t>(at)) !=
            static_cast<ssize_t>(block.size()))
            return failed(errno);
    if (::fsync(fd.get()) != 0) return failed(errno);
    return {};
}

}  // namespace calcinode
