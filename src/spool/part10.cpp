#include "spool/part10.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <vector>

#include "base/fd.hpp"
#include "base/sha256.hpp"

namespace calcinode::spool {
namespace {

constexpr std::size_t preamble_bytes = 128;
constexpr std::string_view magic = "DICM";
constexpr std::size_t group_length_bytes = 12;  // (0002,0000) with its header
constexpr std::size_t head_bytes = preamble_bytes + magic.size() + group_length_bytes;
// File meta information of the senders known is below 1 KiB.
constexpr std::uint32_t longest_meta_information = 64 * 1024;
constexpr std::size_t block_bytes = 256 * 1024;
static_assert(block_bytes >= head_bytes + longest_meta_information, "it lies in the first block");

// What the file meta information says, as far as it matters here.
struct Meta {
    std::string transfer_syntax_uid, source_ae, private_creator, private_value;
};

Wanted values_of(Meta& meta) {
    return [&meta](Tag tag) -> std::string* {
        switch (tag) {
            case make_tag(0x0002, 0x0010):
                return &meta.transfer_syntax_uid;
            case make_tag(0x0002, 0x0016):
                return &meta.source_ae;
            case make_tag(0x0002, 0x0100):
                return &meta.private_creator;
            case make_tag(0x0002, 0x0102):
                return &meta.private_value;
            default:
                return nullptr;
        }
    };
}

std::uint32_t little_endian(std::span<const std::byte> four) {
    std::uint32_t value = 0;
    for (std::size_t i = four.size(); i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(four[i]);
    return value;
}

// Takes the head of the file off `block`.
Result<Meta> take_head(std::span<const std::byte>& block) {
    const auto is = [&](std::size_t at, std::string_view what) {
        return std::ranges::equal(block.subspan(at, what.size()), what,
                                  [](std::byte b, char c) { return static_cast<char>(b) == c; });
    };
    if (block.size() < head_bytes || !is(preamble_bytes, magic)) return fail("not a DICOM file");
    if (!is(preamble_bytes + magic.size(), std::string_view("\2\0\0\0UL\4\0", 8)))
        return fail("the file meta information does not begin with its length");
    const auto length = little_endian(block.subspan(head_bytes - 4, 4));
    if (length > longest_meta_information) return fail("the file meta information is too long");
    block = block.subspan(head_bytes);
    if (length > block.size()) return fail("cut off in the file meta information");

    Meta meta;
    DatasetWalk walk(Encoding::explicit_little, values_of(meta));
    if (auto fed = walk.feed(block.first(length)); !fed) return std::unexpected(fed.error());
    if (!walk.finish()) return fail("the file meta information's length is wrong");
    block = block.subspan(length);
    return meta;
}

// A file's bytes block by block.
class Blocks {
  public:
    Blocks(Fd fd, std::uint64_t end) : fd_(std::move(fd)), end_(end), block_(block_bytes) {}

    // A full block, but for the last one; empty at the end and after an error.
    std::span<const std::byte> next() {
        std::size_t filled = 0;
        const auto wanted = std::min<std::uint64_t>(block_.size(), end_ - total_);
        while (filled < wanted) {
            const ssize_t count = ::read(fd_.get(), block_.data() + filled, wanted - filled);
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) error_ = errno;
            if (count <= 0) break;
            filled += static_cast<std::size_t>(count);
        }
        total_ += filled;
        return std::span<const std::byte>(block_).first(error_ == 0 ? filled : 0);
    }
    std::uint64_t total() const { return total_; }
    int error_number() const { return error_; }

  private:
    Fd fd_;
    std::uint64_t end_;
    std::vector<std::byte> block_;
    std::uint64_t total_ = 0;
    int error_ = 0;
};

Result<Part10File> read_blocks(Blocks& blocks) {
    auto block = blocks.next();
    auto meta = take_head(block);
    if (!meta) return std::unexpected(meta.error());
    DatasetReader reader(std::move(meta->transfer_syntax_uid));
    const bool by_sha256 = meta->private_creator == sha256_creator_uid;
    Sha256 sha256;
    for (; !block.empty(); block = blocks.next()) {
        reader.feed(block);
        if (by_sha256) sha256.update(block);
    }
    if (auto whole = reader.finish(); !whole) return std::unexpected(whole.error());
    const auto checksum = reader.checksum();
    const bool ours = by_sha256 || meta->private_creator == checksum_creator_uid;
    if (ours && meta->private_value != (by_sha256 ? hex(sha256.finish()) : checksum))
        return fail("its bytes are not those that were received: the checksum in the file differs");
    return Part10File{reader.identity(), std::move(meta->source_ae), checksum, blocks.total(), ours};
}

}  // namespace

std::expected<Part10File, Unreadable> read_part10(const std::filesystem::path& path,
                                                  std::optional<std::uint64_t> end) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd)
        return std::unexpected(
            Unreadable{true, "cannot open " + path.string() + ": " + system_error_text(errno)});
    Blocks blocks(std::move(fd), end.value_or(std::numeric_limits<std::uint64_t>::max()));
    auto file = read_blocks(blocks);
    if (blocks.error_number() != 0)
        return std::unexpected(Unreadable{
            true, "cannot read " + path.string() + ": " + system_error_text(blocks.error_number())});
    if (!file) return std::unexpected(Unreadable{false, std::move(file.error().what)});
    return std::move(*file);
}

}  // namespace calcinode::spool
