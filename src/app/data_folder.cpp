#include "app/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace calcinode::app {
namespace {

constexpr mode_t owner_and_group = 0750;  // the images are patients' data

Result<> make_folder(const std::filesystem::path& folder) {
    std::error_code error;
    const bool made = std::filesystem::create_directories(folder, error);
    if (error) return fail("cannot make folder " + folder.string() + ": " + error.message());
    if (made) ::chmod(folder.c_str(), owner_and_group);
    if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0)
        return fail("cannot write to folder " + folder.string() + ": " + system_error_text(errno) +
                    "; give it to the user that the daemon runs as");
    return {};
}

Fd open_to_lock(const std::filesystem::path& file) {
    return Fd(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
}

}  // namespace

Result<DataFolder> DataFolder::open(const std::filesystem::path& folder) {
    if (auto made = make_folder(folder); !made) return std::unexpected(made.error());
    const auto file = lock_file(folder);
    auto lock = open_to_lock(file);
    if (!lock) return fail("cannot open " + file.string() + ": " + system_error_text(errno));
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            return fail(folder.string() +
                        " is in use by another calcinode daemon; stop it, or give this one "
                        "another node.data_dir");
        return fail("cannot lock " + file.string() + ": " + system_error_text(errno));
    }
    DataFolder opened(folder, std::move(lock), open_to_lock(refusal_file(folder)));
    for (const auto& part : {opened.spool(), opened.results()})
        if (auto made = make_folder(part); !made) return std::unexpected(made.error());
    return opened;
}

void DataFolder::give_sign_of_life() const {
    // Its time is all that counts, and that is worth no sync. Where it fails, silence says so.
    const Fd file(::open(sign_of_life(folder_).c_str(),
                         O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0640));
    if (file) ::futimens(file.get(), nullptr);
}

void DataFolder::take_sign_of_life() const {
    ::unlink(sign_of_life(folder_).c_str());
}

void DataFolder::tell_whether_images_are_refused(bool refused) const {
    ::flock(refusal_.get(), refused ? LOCK_EX | LOCK_NB : LOCK_UN);
}

}  // namespace calcinode::app
