#include "dicom/attributes.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <charconv>
#include <cmath>
#include <string_view>

#include "base/uid.hpp"

namespace calcinode::dicom {
namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view padding(" \0\t\r\n", 5);
    const auto first = text.find_first_not_of(padding);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(padding) - first + 1);
}

DcmElement* small_element(DcmItem& item, const DcmTagKey& tag) {
    DcmElement* element = nullptr;
    if (item.findAndGetElement(tag, element).bad() || element == nullptr) return nullptr;
    if (element->getLengthField() > longest_value) return nullptr;
    return element;
}

// The whole of `text` as a number; a leading plus sign is usual in DS and IS.
template <class Number>
std::optional<Number> parse(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

std::optional<std::string> text(DcmItem& item, const DcmTagKey& tag, std::size_t index) {
    auto* element = small_element(item, tag);
    if (!element || index >= element->getVM()) return std::nullopt;
    OFString value;
    if (element->getOFString(value, static_cast<unsigned long>(index)).bad()) return std::nullopt;
    const auto content = trimmed({value.c_str(), value.size()});
    if (content.empty()) return std::nullopt;
    return std::string(content);
}

std::string text_or_empty(DcmItem& item, const DcmTagKey& tag) {
    return text(item, tag).value_or("");
}

std::vector<std::string> texts(DcmItem& item, const DcmTagKey& tag) {
    std::vector<std::string> values;
    auto* element = small_element(item, tag);
    const std::size_t count = element ? std::min<std::size_t>(element->getVM(), most_values) : 0;
    for (std::size_t n = 0; n < count; ++n) values.push_back(text(item, tag, n).value_or(""));
    return values;
}

std::optional<int> integer(DcmItem& item, const DcmTagKey& tag) {
    const auto value = text(item, tag);
    return value ? parse<int>(*value) : std::nullopt;
}

std::optional<double> number(DcmItem& item, const DcmTagKey& tag, std::size_t index) {
    auto* element = small_element(item, tag);
    if (!element) return std::nullopt;
    std::optional<double> value;
    const auto vr = element->ident();
    if (vr == EVR_FD || vr == EVR_FL) {
        // Not by way of text, which would round.
        Float64 binary = 0;
        Float32 single = 0;
        const auto position = static_cast<unsigned long>(index);
        if (vr == EVR_FD && element->getFloat64(binary, position).good()) value = binary;
        if (vr == EVR_FL && element->getFloat32(single, position).good()) value = single;
    } else if (const auto written = text(item, tag, index)) {
        value = parse<double>(*written);
    }
    return value && std::isfinite(*value) ? value : std::nullopt;
}

std::optional<std::string> uid(DcmItem& item, const DcmTagKey& tag) {
    const auto value = text(item, tag);
    const auto parsed = value ? Uid::parse(*value) : std::nullopt;
    return parsed ? std::optional(parsed->str()) : std::nullopt;
}

DcmItem* sequence_item(DcmItem& item, const DcmTagKey& tag, std::size_t index) {
    DcmSequenceOfItems* sequence = nullptr;
    if (item.findAndGetSequence(tag, sequence).bad() || !sequence || index >= sequence->card())
        return nullptr;
    return sequence->getItem(static_cast<unsigned long>(index));
}

std::size_t sequence_length(DcmItem& item, const DcmTagKey& tag) {
    DcmSequenceOfItems* sequence = nullptr;
    if (item.findAndGetSequence(tag, sequence).bad() || !sequence) return 0;
    return sequence->card();
}

}  // namespace calcinode::dicom
