#include "app/running_daemon.hpp"

#include <spdlog/fmt/fmt.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <fstream>
#include <string>

#include "app/data_folder.hpp"

namespace calcinode::app {

namespace {

bool is_locked(const std::filesystem::path& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return false;
    // "1: FLOCK  ADVISORY  WRITE 1234 fe:01:131077 0 EOF": device in hexadecimal, inode in decimal (proc(5)).
    const auto file =
        fmt::format(" {:02x}:{:02x}:{} ", major(status.st_dev), minor(status.st_dev), status.st_ino);
    std::ifstream locks("/proc/locks");
    for (std::string line; std::getline(locks, line);)
        if (line.find("FLOCK") != std::string::npos && line.find(file) != std::string::npos &&
            line.find("->") == std::string::npos)  // "->": waits for it
            return true;
    return false;
}

}  // namespace

bool daemon_runs(const std::filesystem::path& data_dir) {
    return is_locked(DataFolder::lock_file(data_dir));
}

bool images_are_refused(const std::filesystem::path& data_dir) {
    return is_locked(DataFolder::refusal_file(data_dir));
}

}  // namespace calcinode::app
