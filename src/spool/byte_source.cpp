#include "spool/byte_source.hpp"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace calcinode::spool {

std::size_t ByteSource::read(std::span<std::byte> out) {
    std::size_t done = 0;
    while (done < out.size() && !at_end()) {
        const auto count = std::min(rest_.size(), out.size() - done);
        std::memcpy(out.data() + done, rest_.data(), count);
        rest_ = rest_.subspan(count);
        done += count;
    }
    return done;
}

std::uint64_t ByteSource::skip(std::uint64_t count) {
    std::uint64_t done = 0;
    while (done < count && !at_end()) {
        const auto step = std::min<std::uint64_t>(rest_.size(), count - done);
        rest_ = rest_.subspan(static_cast<std::size_t>(step));
        done += step;
    }
    return done;
}

void FileBytes::start_hash() {
    hashing_ = true;
    const auto ahead = take_rest();  // read already, not yet given out
    hash_.update(ahead);
    current_ = ahead;
}

std::span<const std::byte> FileBytes::next_block() {
    if (!current_.empty()) return std::exchange(current_, {});
    ssize_t count = 0;
    do count = ::read(fd_.get(), block_.data(), block_.size());
    while (count < 0 && errno == EINTR);
    if (count < 0) error_ = errno;
    if (count <= 0) return {};
    const auto block = std::span<const std::byte>(block_).first(static_cast<std::size_t>(count));
    if (hashing_) hash_.update(block);
    total_ += block.size();
    return block;
}

struct InflatedBytes::Stream {
    z_stream z{};
    Stream() { inflateInit2(&z, -MAX_WBITS); }  // negative: raw, without the zlib header
    ~Stream() { inflateEnd(&z); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
};

InflatedBytes::InflatedBytes(ByteSource& deflated)
    : deflated_(&deflated), stream_(std::make_unique<Stream>()), block_(256 * 1024) {}

InflatedBytes::~InflatedBytes() = default;

std::span<const std::byte> InflatedBytes::next_block() {
    auto& z = stream_->z;
    if (complete_ || !z.state || total_ > most_bytes) return {};
    z.next_out = reinterpret_cast<Bytef*>(block_.data());
    z.avail_out = static_cast<uInt>(block_.size());
    while (z.avail_out > 0) {
        if (z.avail_in == 0) {
            if (deflated_->at_end()) break;
            const auto input = deflated_->take_rest();
            z.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(input.data()));
            z.avail_in = static_cast<uInt>(input.size());
        }
        const int code = inflate(&z, Z_NO_FLUSH);
        if (code == Z_STREAM_END) complete_ = true;
        if (code != Z_OK) break;
    }
    const std::size_t made = block_.size() - z.avail_out;
    total_ += made;
    return std::span<const std::byte>(block_).first(made);
}

}  // namespace calcinode::spool
