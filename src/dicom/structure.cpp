#include "dicom/structure.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/fd.hpp"

namespace calcinode::dicom {
namespace {

constexpr std::size_t deepest_nesting = 64;  // levels; real objects have fewer than ten
// DCMTK makes an object of some hundred bytes of each. An enhanced CT has about a hundred a frame.
constexpr std::size_t most_elements = 1'000'000;
constexpr std::size_t largest_inflated = std::size_t{1} << 30;
constexpr std::uint64_t preamble_bytes = 132;  // with "DICM"
constexpr std::uint32_t undefined_length = 0xffffffff;
constexpr std::uint64_t open_end = ~std::uint64_t{0};
constexpr std::uint32_t item = 0xfffee000, item_end = 0xfffee00d, sequence_end = 0xfffee0dd;
constexpr std::uint32_t transfer_syntax_tag = 0x00020010, pixel_data_tag = 0x7fe00010;

constexpr std::string_view implicit_little = "1.2.840.10008.1.2", big_endian = "1.2.840.10008.1.2.2",
                           deflated = "1.2.840.10008.1.2.1.99";

// Bytes that can be looked at anywhere: of a file, through a window, or in memory.
class Content {
  public:
    static std::optional<Content> of_file(const std::filesystem::path& path) {
        Content bytes;
        bytes.fd_ = Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        struct stat status {};
        if (!bytes.fd_ || ::fstat(bytes.fd_.get(), &status) != 0 || !S_ISREG(status.st_mode))
            return std::nullopt;
        bytes.size_ = static_cast<std::uint64_t>(status.st_size);
        return bytes;
    }
    static Content in_memory(std::vector<unsigned char> content) {
        Content bytes;
        bytes.size_ = content.size();
        bytes.filled_ = content.size();
        bytes.window_ = std::move(content);
        return bytes;
    }

    std::uint64_t size() const { return size_; }

    // `count` (at most window_bytes) bytes from `at` on; null where they are not all there. Valid until the
    // next call.
    const unsigned char* look(std::uint64_t at, std::size_t count) {
        if (at > size_ || count > size_ - at) return nullptr;
        if (at < start_ || at + count > start_ + filled_) {
            if (!fd_) return nullptr;
            window_.resize(window_bytes);
            const auto got = ::pread(fd_.get(), window_.data(), window_.size(), static_cast<off_t>(at));
            start_ = at;
            filled_ = got > 0 ? static_cast<std::size_t>(got) : 0;
            if (filled_ < count) return nullptr;
        }
        return window_.data() + (at - start_);
    }

    // From `at` to the end, as raw deflate stream; nothing where it is damaged or becomes too large.
    std::optional<std::vector<unsigned char>> inflated_from(std::uint64_t at);

  private:
    static constexpr std::size_t window_bytes = 16 * 1024;
    Fd fd_;
    std::uint64_t size_ = 0, start_ = 0;
    std::size_t filled_ = 0;
    std::vector<unsigned char> window_;
};

std::optional<std::vector<unsigned char>> Content::inflated_from(std::uint64_t at) {
    z_stream stream{};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) return std::nullopt;
    const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
    std::vector<unsigned char> output, piece(256 * 1024);
    int state = Z_OK;
    while (state == Z_OK && at < size_) {
        const auto count = std::min<std::uint64_t>(window_bytes, size_ - at);
        stream.next_in = const_cast<unsigned char*>(look(at, static_cast<std::size_t>(count)));
        if (!stream.next_in) return std::nullopt;
        stream.avail_in = static_cast<unsigned>(count);
        at += count;
        do {
            stream.next_out = piece.data();
            stream.avail_out = static_cast<unsigned>(piece.size());
            state = inflate(&stream, Z_NO_FLUSH);
            if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) return std::nullopt;
            const auto made = piece.size() - stream.avail_out;
            if (output.size() + made > largest_inflated) return std::nullopt;
            output.insert(output.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(made));
        } while (stream.avail_out == 0 && state == Z_OK);
        if (state == Z_BUF_ERROR) state = Z_OK;  // wants more input
    }
    return output;
}

struct Encoding {
    bool explicit_vr = true, big = false;
};

Encoding encoding_of(std::string_view transfer_syntax_uid) {
    return {transfer_syntax_uid != implicit_little, transfer_syntax_uid == big_endian};
}

std::uint32_t number(const unsigned char* p, int bytes, bool big) {
    std::uint32_t value = 0;
    for (int n = 0; n < bytes; ++n) value = value << 8 | p[big ? n : bytes - 1 - n];
    return value;
}

std::uint32_t tag_at(const unsigned char* p, bool big) {
    return number(p, 2, big) << 16 | number(p + 2, 2, big);
}

struct Element {
    std::uint32_t tag = 0, length = 0;
    std::array<char, 2> written_vr{};  // zeros: implicit
    std::uint64_t value = 0;

    std::string_view vr() const { return {written_vr.data(), written_vr[0] ? std::size_t{2} : 0}; }
};

bool has_long_length(std::string_view vr) {
    constexpr std::array<std::string_view, 19> short_ones{"AE", "AS", "AT", "CS", "DA", "DS", "DT",
                                                          "FL", "FD", "IS", "LO", "LT", "PN", "SH",
                                                          "SL", "SS", "ST", "TM", "UI"};
    if (vr == "UL" || vr == "US") return false;
    return std::ranges::find(short_ones, vr) == short_ones.end();
}

std::optional<Element> element_at(Content& bytes, std::uint64_t at, Encoding encoding) {
    const auto* p = bytes.look(at, 8);
    if (!p) return std::nullopt;
    Element e;
    e.tag = tag_at(p, encoding.big);
    if (!encoding.explicit_vr || e.tag >> 16 == 0xfffe) {
        e.length = number(p + 4, 4, encoding.big);
        e.value = at + 8;
        return e;
    }
    e.written_vr = {static_cast<char>(p[4]), static_cast<char>(p[5])};
    if (!has_long_length(e.vr())) {
        e.length = number(p + 6, 2, encoding.big);
        e.value = at + 8;
        return e;
    }
    p = bytes.look(at, 12);
    if (!p) return std::nullopt;
    e.length = number(p + 8, 4, encoding.big);
    e.value = at + 12;
    return e;
}

struct Level {
    std::uint64_t end = open_end;
    Encoding encoding;
    bool fragments = false;  // of encapsulated pixel data, which hold no elements
};

// Whether what follows the element's header is a sequence of items, so that DCMTK goes into it.
bool opens_sequence(Content& bytes, const Element& e, Encoding encoding) {
    if (e.length == undefined_length || e.vr() == "SQ") return true;
    if (!e.vr().empty() || e.length < 8) return false;
    const auto* p = bytes.look(e.value, 4);  // implicit: the dictionary knows, the content shows
    return p && tag_at(p, encoding.big) == item;
}

Result<> walk(Content& bytes, std::uint64_t at, Encoding outermost) {
    std::vector<Level> open{{bytes.size(), outermost}};
    for (std::size_t elements = 0;; ++elements) {
        if (elements > most_elements) return fail("it has more than a million elements");
        while (open.size() > 1 && at >= open.back().end) open.pop_back();
        if (at >= bytes.size()) return {};
        const auto encoding = open.back().encoding;
        const auto e = element_at(bytes, at, encoding);
        if (!e) return fail("the file ends within an element's header");
        at = e->value;
        if (e->tag == item_end || e->tag == sequence_end) {
            if (open.size() > 1 && open.back().end == open_end) open.pop_back();
            continue;
        }
        const bool in = e->tag == item || opens_sequence(bytes, *e, encoding);
        if (e->length != undefined_length && e->length > bytes.size() - at)
            return fail("the file is truncated: an element reaches beyond its end");
        if (!in || (e->tag == item && open.back().fragments)) {
            at += e->length;
            continue;
        }
        // A sequence and its item are a level each.
        if (open.size() > 2 * deepest_nesting) return fail("sequences are nested too deep");
        Level level{e->length == undefined_length ? open_end : at + e->length, encoding};
        if (e->vr() == "UN") level.encoding = {false, false};  // PS3.5 6.2.2 note 2
        level.fragments = e->tag == pixel_data_tag && e->length == undefined_length;
        open.push_back(level);
    }
}

// Where the data set begins, and the transfer syntax that the file meta information names.
struct Head {
    std::uint64_t end = preamble_bytes;
    std::string transfer_syntax;
};

Result<Head> read_head(Content& bytes) {
    const auto* p = bytes.look(preamble_bytes - 4, 4);
    if (!p || std::memcmp(p, "DICM", 4) != 0) return fail("not a DICOM file (no DICM prefix)");
    Head head;
    while (head.end < bytes.size()) {
        const auto e = element_at(bytes, head.end, {});
        if (!e) return fail("the file ends within its meta information");
        if (e->tag >> 16 != 2) break;
        if (e->length > bytes.size() - e->value) return fail("the file ends within its meta information");
        if (e->tag == transfer_syntax_tag && e->length <= 64)
            if (const auto* text = bytes.look(e->value, e->length))
                head.transfer_syntax.assign(reinterpret_cast<const char*>(text), e->length);
        head.end = e->value + e->length;
    }
    while (!head.transfer_syntax.empty() &&
           (head.transfer_syntax.back() == '\0' || head.transfer_syntax.back() == ' '))
        head.transfer_syntax.pop_back();
    return head;
}

}  // namespace

Result<> check_structure(const std::filesystem::path& path) {
    auto bytes = Content::of_file(path);
    if (!bytes) return fail("not a file that can be read");
    const auto head = read_head(*bytes);
    if (!head) return std::unexpected(head.error());
    if (head->transfer_syntax == deflated) {
        auto content = bytes->inflated_from(head->end);
        if (!content) return fail("deflated data is damaged or too large");
        auto inflated = Content::in_memory(std::move(*content));
        return walk(inflated, 0, {});
    }
    return walk(*bytes, head->end, encoding_of(head->transfer_syntax));
}

Result<> check_structure(std::span<const std::byte> dataset, const std::string& transfer_syntax_uid) {
    const auto* const begin = reinterpret_cast<const unsigned char*>(dataset.data());
    auto bytes = Content::in_memory({begin, begin + dataset.size()});
    return walk(bytes, 0, encoding_of(transfer_syntax_uid));
}

}  // namespace calcinode::dicom
