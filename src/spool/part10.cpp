#include "spool/part10.hpp"

#include <fcntl.h>

#include <cerrno>
#include <limits>

#include "spool/byte_source.hpp"
#include "spool/dataset_walk.hpp"

namespace calcinode::spool {
namespace {

constexpr std::string_view implicit_little_endian = "1.2.840.10008.1.2";
constexpr std::string_view explicit_big_endian = "1.2.840.10008.1.2.2";
constexpr std::string_view deflated = "1.2.840.10008.1.2.1.99";

Wanted meta_values(Identity& identity) {
    return [&identity](Tag tag) -> std::string* {
        if (tag == make_tag(0x0002, 0x0010)) return &identity.transfer_syntax_uid;
        if (tag == make_tag(0x0002, 0x0016)) return &identity.source_ae;
        return nullptr;
    };
}

Wanted dataset_values(Identity& identity, bool& has_pixels) {
    return [&identity, &has_pixels](Tag tag) -> std::string* {
        switch (tag) {
            case make_tag(0x0008, 0x0016):
                return &identity.sop_class_uid;
            case make_tag(0x0008, 0x0018):
                return &identity.sop_instance_uid;
            case make_tag(0x0008, 0x0060):
                return &identity.modality;
            case make_tag(0x0008, 0x0070):
                return &identity.manufacturer;
            case make_tag(0x0008, 0x1090):
                return &identity.model;
            case make_tag(0x0020, 0x000d):
                return &identity.study_uid;
            case make_tag(0x0020, 0x000e):
                return &identity.series_uid;
            case make_tag(0x7fe0, 0x0008):  // Float, Double Float and plain Pixel Data
            case make_tag(0x7fe0, 0x0009):
            case make_tag(0x7fe0, 0x0010):
                has_pixels = true;
                return nullptr;
            default:
                return nullptr;
        }
    };
}

Result<> walk_elements(FileBytes& bytes, Identity& identity, bool& has_pixels) {
    if (auto head = walk_file_head(bytes, meta_values(identity)); !head) return head;
    bytes.start_hash();
    const auto values = dataset_values(identity, has_pixels);
    if (identity.transfer_syntax_uid == deflated) {
        InflatedBytes inflated(bytes);
        if (auto done = walk_dataset(inflated, Encoding::explicit_little, values); !done) return done;
        if (!inflated.complete()) return fail("the deflated dataset is cut off or damaged");
        bytes.skip(std::numeric_limits<std::uint64_t>::max());  // a padding byte, for the hash
        return {};
    }
    // Every other transfer syntax, the compressed ones too, is explicit little endian outside the pixel data.
    const auto encoding = identity.transfer_syntax_uid == implicit_little_endian ? Encoding::implicit_little
                          : identity.transfer_syntax_uid == explicit_big_endian  ? Encoding::explicit_big
                                                                                 : Encoding::explicit_little;
    return walk_dataset(bytes, encoding, values);
}

Result<> walk(FileBytes& bytes, Identity& identity) {
    bool has_pixels = false;
    if (auto done = walk_elements(bytes, identity, has_pixels); !done) return done;
    // Cut off between two elements, a dataset looks whole but for this.
    if (!has_pixels) return fail("an image without pixel data");
    return {};
}

}  // namespace

std::expected<Part10File, Unreadable> read_part10(const std::filesystem::path& path) {
    Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd)
        return std::unexpected(
            Unreadable{true, "cannot open " + path.string() + ": " + system_error_text(errno)});
    FileBytes bytes(std::move(fd));
    Part10File file;
    const auto done = walk(bytes, file.identity);
    if (bytes.read_error() != 0)
        return std::unexpected(
            Unreadable{true, "cannot read " + path.string() + ": " + system_error_text(bytes.read_error())});
    if (!done) return std::unexpected(Unreadable{false, done.error().what});
    file.dataset_sha256 = bytes.finish_hash();
    file.bytes = bytes.total();
    return file;
}

}  // namespace calcinode::spool
