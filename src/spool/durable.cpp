#include "spool/durable.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace calcinode::spool {

int sync_file_and_name(const Fd& file, const std::filesystem::path& folder) {
    if (!file || ::fsync(file.get()) != 0) return errno;
    const Fd directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory && ::fsync(directory.get()) == 0 ? 0 : errno;
}

int sync_file_and_name(const std::filesystem::path& file) {
    return sync_file_and_name(Fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)),
                              file.parent_path());
}

}  // namespace calcinode::spool
