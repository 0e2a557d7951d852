#include "spool/dataset_walk.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <vector>

namespace calcinode::spool {
namespace {

constexpr std::uint32_t undefined_length = 0xffffffff;
// The longest value taken: the longest wanted is a UID or an LO, 64 characters of at most 4 bytes.
constexpr std::uint32_t longest_value = 256;
// Sequences of undefined length within each other. Enhanced CT has three; hostile files have millions.
constexpr std::size_t deepest_nesting = 64;
// File meta information of the senders known is below 1 KiB.
constexpr std::uint32_t longest_meta_information = 64 * 1024;

constexpr Tag item_start = make_tag(0xfffe, 0xe000), item_end = make_tag(0xfffe, 0xe00d),
              sequence_end = make_tag(0xfffe, 0xe0dd);
// Groups below this one belong to commands, file meta information and directories, never to an image.
constexpr Tag first_tag_of_datasets = make_tag(0x0008, 0);

std::string to_string(Tag tag) {
    char text[16];
    std::snprintf(text, sizeof text, "(%04x,%04x)", tag >> 16, tag & 0xffff);
    return text;
}

void trim(std::string& value) {
    const auto is_padding = [](char c) { return c == ' ' || c == '\0'; };
    while (!value.empty() && is_padding(value.back())) value.pop_back();
    value.erase(value.begin(), std::ranges::find_if_not(value, is_padding));
}

// Value representations whose length field has 16 bits (PS3.5 table 7.1-2); all others, also such as are not
// yet invented, have two reserved bytes and 32.
bool has_short_length(std::string_view vr) {
    constexpr std::string_view all = "AEASATCSDADSDTFDFLISLOLTPNSHSLSSSTTMUIULUS";
    for (std::size_t i = 0; i < all.size(); i += 2)
        if (all.substr(i, 2) == vr) return true;
    return false;
}

struct Element {
    Tag tag = 0;
    std::string vr;  // empty: implicit, or an item's or a delimiter's
    std::uint32_t length = 0;
};

// What of undefined length is open, with the encoding to go back to when it ends.
struct Open {
    enum class Kind { sequence, item, fragments } kind;
    Encoding outside;
};

class Walk {
  public:
    Walk(ByteSource& bytes, Encoding encoding, const Wanted& wanted)
        : bytes_(bytes), encoding_(encoding), wanted_(wanted) {}

    Result<> to_end() {
        while (!bytes_.at_end())
            if (auto done = one_element(); !done) return done;
        if (!open_.empty()) return fail("the dataset ends within a sequence");
        return {};
    }

    // One group of elements, `length` bytes long.
    Result<> group(std::uint32_t length) {
        const std::uint64_t end = position_ + length;
        while (position_ < end)
            if (auto done = one_element(); !done) return done;
        if (position_ != end || !open_.empty()) return fail("the group's length is wrong");
        return {};
    }

    Result<Element> header() {
        Element element;
        std::array<std::byte, 4> raw{};
        if (auto got = exactly(raw); !got) return std::unexpected(got.error());
        element.tag = make_tag(u16(raw[0], raw[1]), u16(raw[2], raw[3]));
        const bool delimits = element.tag >> 16 == 0xfffe;
        if (auto got = exactly(raw); !got) return std::unexpected(got.error());
        if (delimits || encoding_ == Encoding::implicit_little) {
            element.length = u32(raw);
            return element;
        }
        const auto letter = [&](int i) { return static_cast<char>(raw[static_cast<std::size_t>(i)]); };
        if (!std::isupper(static_cast<unsigned char>(letter(0))) ||
            !std::isupper(static_cast<unsigned char>(letter(1))))
            return fail("element " + to_string(element.tag) + " has no value representation");
        element.vr = {letter(0), letter(1)};
        if (has_short_length(element.vr)) {
            element.length = u16(raw[2], raw[3]);
            return element;
        }
        if (auto got = exactly(raw); !got) return std::unexpected(got.error());
        element.length = u32(raw);
        return element;
    }

  private:
    Result<> one_element() {
        const auto element = header();
        if (!element) return std::unexpected(element.error());
        if (element->tag >> 16 == 0xfffe) return delimiter(*element);
        if (!open_.empty() && open_.back().kind != Open::Kind::item)
            return fail("element " + to_string(element->tag) + " stands where an item is expected");
        std::string* const value = open_.empty() ? wanted_(element->tag) : nullptr;
        if (element->length == undefined_length) return begin_undefined(*element);
        return value ? take(*element, *value) : pass(*element);
    }

    Result<> delimiter(const Element& element) {
        const auto inside = [&](Open::Kind kind) { return !open_.empty() && open_.back().kind == kind; };
        const bool in_sequence = inside(Open::Kind::sequence), in_fragments = inside(Open::Kind::fragments);
        if (element.tag == item_start && (in_sequence || in_fragments)) {
            if (element.length != undefined_length) return pass(element);
            if (in_sequence) return push(Open::Kind::item);
        } else if (element.tag == item_end && inside(Open::Kind::item) && element.length == 0) {
            return pop();
        } else if (element.tag == sequence_end && (in_sequence || in_fragments) && element.length == 0) {
            return pop();
        }
        return fail("delimiter " + to_string(element.tag) + " is out of place");
    }

    Result<> begin_undefined(const Element& element) {
        if (element.vr == "OB" || element.vr == "OW") return push(Open::Kind::fragments);
        if (!element.vr.empty() && element.vr != "SQ" && element.vr != "UN")
            return fail("element " + to_string(element.tag) + " has no length");
        if (auto pushed = push(Open::Kind::sequence); !pushed) return pushed;
        // UN of undefined length is a sequence in implicit little endian (PS3.5 6.2.2).
        if (element.vr == "UN") encoding_ = Encoding::implicit_little;
        return {};
    }

    Result<> push(Open::Kind kind) {
        if (open_.size() == deepest_nesting) return fail("sequences are nested too deep");
        open_.push_back({kind, encoding_});
        return {};
    }

    Result<> pop() {
        encoding_ = open_.back().outside;
        open_.pop_back();
        return {};
    }

    Result<> take(const Element& element, std::string& value) {
        if (element.length > longest_value) return fail("element " + to_string(element.tag) + " is too long");
        if (!value.empty()) return fail("element " + to_string(element.tag) + " is there twice");
        value.resize(element.length);
        if (auto got = exactly(std::as_writable_bytes(std::span(value))); !got) return got;
        trim(value);
        return {};
    }

    Result<> pass(const Element& element) {
        const auto passed = bytes_.skip(element.length);
        position_ += passed;
        if (passed == element.length) return {};
        return fail("cut off in " + to_string(element.tag) + ": " + std::to_string(passed) + " of " +
                    std::to_string(element.length) + " bytes are there");
    }

    Result<> exactly(std::span<std::byte> out) {
        const auto count = bytes_.read(out);
        position_ += count;
        if (count == out.size()) return {};
        return fail("cut off at byte " + std::to_string(position_));
    }

    std::uint16_t u16(std::byte first, std::byte second) const {
        if (encoding_ == Encoding::explicit_big) std::swap(first, second);
        return static_cast<std::uint16_t>(std::to_integer<unsigned>(first) | std::to_integer<unsigned>(second)
                                                                                 << 8);
    }
    std::uint32_t u32(const std::array<std::byte, 4>& raw) const {
        const std::uint32_t first = u16(raw[0], raw[1]), second = u16(raw[2], raw[3]);
        return encoding_ == Encoding::explicit_big ? first << 16 | second : second << 16 | first;
    }

    ByteSource& bytes_;
    Encoding encoding_;
    const Wanted& wanted_;
    std::vector<Open> open_;
    std::uint64_t position_ = 0;
};

}  // namespace

Result<> walk_dataset(ByteSource& bytes, Encoding encoding, const Wanted& wanted) {
    if (bytes.at_end()) return fail("the dataset is empty");
    std::string foreign;
    const Wanted checked = [&](Tag tag) {
        if (tag < first_tag_of_datasets && foreign.empty()) foreign = to_string(tag);
        return wanted(tag);
    };
    if (auto done = Walk(bytes, encoding, checked).to_end(); !done) return done;
    if (!foreign.empty()) return fail("element " + foreign + " does not belong in a dataset");
    return {};
}

Result<> walk_file_head(ByteSource& bytes, const Wanted& wanted) {
    constexpr std::size_t preamble_bytes = 128;
    std::array<std::byte, 4> magic{};
    bytes.skip(preamble_bytes);
    bytes.read(magic);
    if (!std::ranges::equal(magic, std::string_view("DICM"),
                            [](std::byte b, char c) { return static_cast<char>(b) == c; }))
        return fail("not a DICOM file");

    Walk walk(bytes, Encoding::explicit_little, wanted);
    const auto group_length = walk.header();
    std::array<std::byte, 4> raw{};
    if (!group_length || group_length->tag != make_tag(2, 0) || group_length->length != raw.size() ||
        bytes.read(raw) != raw.size())
        return fail("the file meta information does not begin with its length");
    std::uint32_t length = 0;
    for (std::size_t i = raw.size(); i-- > 0;) length = length << 8 | std::to_integer<std::uint32_t>(raw[i]);
    if (length > longest_meta_information) return fail("the file meta information is too long");
    return Walk(bytes, Encoding::explicit_little, wanted).group(length);
}

}  // namespace calcinode::spool
