#include "spool/blank_files.hpp"

#include <fcntl.h>

#include <cerrno>

namespace calcinode::spool {

std::expected<Fd, int> BlankFiles::create() const {
    Fd file(::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0640));
    if (!file) return std::unexpected(errno);
    return file;
}

std::expected<Fd, int> BlankFiles::take() {
    {
        const std::scoped_lock lock(mutex_);
        if (!files_.empty()) {
            Fd file = std::move(files_.back());
            files_.pop_back();
            return file;
        }
    }
    return create();
}

void BlankFiles::make_one() {
    {
        const std::scoped_lock lock(mutex_);
        if (files_.size() >= enough) return;
    }
    auto file = create();
    if (!file) return;
    const std::scoped_lock lock(mutex_);
    files_.push_back(std::move(*file));
}

}  // namespace calcinode::spool
