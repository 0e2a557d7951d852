#include "spool/dataset_walk.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

namespace calcinode::spool {
namespace {

constexpr std::uint32_t undefined_length = 0xffffffff;
// The longest value taken: the longest wanted is a UID, an LO or a checksum, 64 characters of at most 4
// bytes.
constexpr std::uint32_t longest_value = 256;
// Sequences of undefined length within each other. Enhanced CT has three; hostile files have millions.
constexpr std::size_t deepest_nesting = 64;

constexpr std::uint16_t delimiting_group = 0xfffe;
constexpr Tag item_start = make_tag(delimiting_group, 0xe000), item_end = make_tag(delimiting_group, 0xe00d),
              sequence_end = make_tag(delimiting_group, 0xe0dd);

constexpr std::uint16_t group_of(Tag tag) {
    return static_cast<std::uint16_t>(tag >> 16);
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

bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

}  // namespace

std::string to_string(Tag tag) {
    char text[16];
    std::snprintf(text, sizeof text, "(%04x,%04x)", tag >> 16, tag & 0xffff);
    return text;
}

Result<> DatasetWalk::feed(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        const auto count = std::min<std::size_t>(missing_, bytes.size());
        keep(bytes.first(count));
        bytes = bytes.subspan(count);
        missing_ -= static_cast<std::uint32_t>(count);
        position_ += count;
        if (missing_ > 0) continue;
        if (auto done = step_done(); !done) return done;
    }
    return {};
}

Result<> DatasetWalk::finish() const {
    if (position_ == 0) return fail("the dataset is empty");
    if (step_ == Step::passed_over)
        return fail("cut off in " + to_string(element_.tag) + ": " +
                    std::to_string(element_.length - missing_) + " of " + std::to_string(element_.length) +
                    " bytes are there");
    if (step_ != Step::header || head_used_ > 0) return fail("cut off at byte " + std::to_string(position_));
    if (!open_.empty()) return fail("the dataset ends within a sequence");
    return {};
}

void DatasetWalk::expect(Step step, std::uint32_t bytes) {
    step_ = step;
    missing_ = bytes;
    if (step == Step::header) head_used_ = 0;
}

void DatasetWalk::keep(std::span<const std::byte> bytes) {
    if (step_ == Step::value) {
        value_->append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    } else if (step_ != Step::passed_over) {
        std::ranges::copy(bytes, head_.begin() + static_cast<std::ptrdiff_t>(head_used_));
        head_used_ += bytes.size();
    }
}

Result<> DatasetWalk::step_done() {
    switch (step_) {
        case Step::header:
            return header_done();
        case Step::long_length:
            element_.length = u32(header_bytes);
            return begin();
        case Step::value:
            trim(*value_);
            break;
        case Step::passed_over:
            break;
    }
    expect(Step::header, header_bytes);
    return {};
}

Result<> DatasetWalk::header_done() {
    element_ = {.tag = make_tag(u16(0), u16(2)), .vr = {}, .length = 0};
    if (group_of(element_.tag) == delimiting_group || encoding_ == Encoding::implicit_little) {
        element_.length = u32(4);
        return begin();
    }
    element_.vr = {static_cast<char>(head_[4]), static_cast<char>(head_[5])};
    if (!is_upper(element_.vr[0]) || !is_upper(element_.vr[1]))
        return fail("element " + to_string(element_.tag) + " has no value representation");
    if (has_short_length({element_.vr.data(), element_.vr.size()})) {
        element_.length = u16(6);
        return begin();
    }
    expect(Step::long_length, 4);
    return {};
}

Result<> DatasetWalk::begin() {
    if (group_of(element_.tag) == delimiting_group) return delimiter();
    if (!open_.empty() && open_.back().kind != Open::Kind::item)
        return fail("element " + to_string(element_.tag) + " stands where an item is expected");
    std::string* const value = open_.empty() ? wanted_(element_.tag) : nullptr;
    if (element_.length == undefined_length) return begin_undefined();
    return begin_value(value);
}

// `value`: where it goes; null: it is passed over.
Result<> DatasetWalk::begin_value(std::string* value) {
    if (value) {
        if (element_.length > longest_value)
            return fail("element " + to_string(element_.tag) + " is too long");
        if (!value->empty()) return fail("element " + to_string(element_.tag) + " is there twice");
    }
    value_ = value;
    if (element_.length == 0)
        expect(Step::header, header_bytes);
    else
        expect(value ? Step::value : Step::passed_over, element_.length);
    return {};
}

Result<> DatasetWalk::begin_undefined() {
    if (element_.is("OB") || element_.is("OW")) return push(Open::Kind::fragments);
    const bool implicit = element_.vr[0] == '\0';
    if (!implicit && !element_.is("SQ") && !element_.is("UN"))
        return fail("element " + to_string(element_.tag) + " has no length");
    if (auto pushed = push(Open::Kind::sequence); !pushed) return pushed;
    // UN of undefined length is a sequence in implicit little endian (PS3.5 6.2.2).
    if (element_.is("UN")) encoding_ = Encoding::implicit_little;
    return {};
}

Result<> DatasetWalk::delimiter() {
    const bool in_sequence = inside(Open::Kind::sequence), in_fragments = inside(Open::Kind::fragments);
    if (element_.tag == item_start && (in_sequence || in_fragments)) {
        if (element_.length != undefined_length) return begin_value(nullptr);
        if (in_sequence) return push(Open::Kind::item);
    } else if (element_.tag == item_end && inside(Open::Kind::item) && element_.length == 0) {
        return pop();
    } else if (element_.tag == sequence_end && (in_sequence || in_fragments) && element_.length == 0) {
        return pop();
    }
    return fail("delimiter " + to_string(element_.tag) + " is out of place");
}

Result<> DatasetWalk::push(Open::Kind kind) {
    if (open_.size() == deepest_nesting) return fail("sequences are nested too deep");
    open_.push_back({kind, encoding_});
    expect(Step::header, header_bytes);
    return {};
}

Result<> DatasetWalk::pop() {
    encoding_ = open_.back().outside;
    open_.pop_back();
    expect(Step::header, header_bytes);
    return {};
}

std::uint16_t DatasetWalk::u16(std::size_t at) const {
    auto low = std::to_integer<unsigned>(head_[at]), high = std::to_integer<unsigned>(head_[at + 1]);
    if (encoding_ == Encoding::explicit_big) std::swap(low, high);
    return static_cast<std::uint16_t>(low | high << 8);
}

std::uint32_t DatasetWalk::u32(std::size_t at) const {
    const std::uint32_t first = u16(at), second = u16(at + 2);
    return encoding_ == Encoding::explicit_big ? first << 16 | second : second << 16 | first;
}

}  // namespace calcinode::spool
