#include "spool/inflater.hpp"

#include <zlib.h>

#include <new>
#include <vector>

namespace calcinode::spool {

struct Inflater::Stream {
    static constexpr std::size_t block_bytes = 256 * 1024;
    z_stream z{};
    std::vector<std::byte> block = std::vector<std::byte>(block_bytes);

    Stream() {
        if (inflateInit2(&z, -MAX_WBITS) != Z_OK) throw std::bad_alloc();  // negative: raw, no zlib header
    }
    ~Stream() { inflateEnd(&z); }
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;
};

Inflater::Inflater() : stream_(std::make_unique<Stream>()) {}
Inflater::~Inflater() = default;

bool Inflater::feed(std::span<const std::byte> deflated, const Take& take) {
    auto& z = stream_->z;
    auto& block = stream_->block;
    z.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(deflated.data()));
    z.avail_in = static_cast<uInt>(deflated.size());
    bool more = true;
    while (more && !complete_) {
        z.next_out = reinterpret_cast<Bytef*>(block.data());
        z.avail_out = static_cast<uInt>(block.size());
        const int code = inflate(&z, Z_NO_FLUSH);
        complete_ = code == Z_STREAM_END;
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return false;
        const std::size_t made = block.size() - z.avail_out;
        total_ += made;
        if (total_ > most_bytes || !take(std::span<const std::byte>(block).first(made))) return false;
        more = code != Z_BUF_ERROR && (z.avail_in > 0 || z.avail_out == 0);
    }
    return true;
}

}  // namespace calcinode::spool
