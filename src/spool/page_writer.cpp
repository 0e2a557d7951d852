#include "spool/page_writer.hpp"

#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace calcinode::spool {
namespace {

// One after the other from `offset` on, by one call where the disk takes all.
int write_both(const Fd& file, std::span<const std::byte> one, std::span<const std::byte> other,
               std::uint64_t offset) {
    const auto part = [](std::span<const std::byte> bytes) {
        return iovec{const_cast<std::byte*>(bytes.data()),
                     bytes.size()};  // only read, though not declared so
    };
    const std::array parts{part(one), part(other)};
    const ssize_t count = ::pwritev(file.get(), parts.data(), parts.size(), static_cast<off_t>(offset));
    if (count < 0 && errno != EINTR) return errno;
    const auto written = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    if (written < one.size())
        if (const int error = write_at(file, one.subspan(written), offset + written); error != 0)
            return error;
    const auto of_other = std::max(written, one.size()) - one.size();
    return write_at(file, other.subspan(of_other), offset + one.size() + of_other);
}

}  // namespace

int write_at(const Fd& file, std::span<const std::byte> bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
        const ssize_t count = ::pwrite(file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
        offset += static_cast<std::uint64_t>(count);
    }
    return 0;
}

// Fills the page that position_ is in as far as the bytes go; gives those that are left.
std::span<const std::byte> PageWriter::into(Page& page, std::span<const std::byte> bytes) {
    const auto at = position_ % page_bytes;
    const auto count = std::min(page_bytes - at, bytes.size());
    std::ranges::copy(bytes.first(count), page.begin() + static_cast<std::ptrdiff_t>(at));
    position_ += count;
    return bytes.subspan(count);
}

int PageWriter::write(const Fd& file, std::span<const std::byte> bytes) {
    if (position_ < page_bytes) bytes = into(first_, bytes);
    if (bytes.empty()) return 0;
    std::span<const std::byte> begun;
    if (position_ % page_bytes != 0) {
        bytes = into(last_, bytes);
        if (position_ % page_bytes != 0) return 0;
        begun = last_;
    }
    const auto whole = bytes.first(bytes.size() / page_bytes * page_bytes);
    if (!begun.empty() || !whole.empty())
        if (const int error = write_both(file, begun, whole, position_ - begun.size()); error != 0)
            return error;
    position_ += whole.size();
    into(last_, bytes.subspan(whole.size()));
    return 0;
}

int PageWriter::finish(const Fd& file, std::string_view header, bool padded) {
    const auto left = position_ < page_bytes ? 0 : position_ % page_bytes;
    const auto last = std::span(last_).first(padded && left > 0 ? page_bytes : left);
    std::ranges::fill(std::span(last_).subspan(left), std::byte{});
    if (const int error = write_at(file, last, position_ - left); error != 0) return error;
    std::ranges::copy(std::as_bytes(std::span(header)), first_.begin());
    return write_at(
        file, std::span(first_).first(padded ? page_bytes : std::min<std::uint64_t>(position_, page_bytes)),
        0);
}

}  // namespace calcinode::spool
