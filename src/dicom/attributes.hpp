// Typed reading of attributes that may be absent, empty, of the wrong type, too long or nonsense: whatever
// is not a proper value is "nothing". No value longer than `longest_value` is ever loaded.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

class DcmItem;
class DcmTagKey;

namespace calcinode::dicom {

inline constexpr std::size_t longest_value = 16 * 1024;  // bytes; far above any value that we ask for
inline constexpr std::size_t most_values = 64;           // of one attribute that texts() gives

// Value number `index`, without the spaces around it; nothing where absent or empty.
std::optional<std::string> text(DcmItem& item, const DcmTagKey& tag, std::size_t index = 0);
std::string text_or_empty(DcmItem& item, const DcmTagKey& tag);
std::vector<std::string> texts(DcmItem& item, const DcmTagKey& tag);

// Of any integer type, or a string that is one (IS).
std::optional<int> integer(DcmItem& item, const DcmTagKey& tag);
// Of any number type, or a string that is one (DS). Always finite.
std::optional<double> number(DcmItem& item, const DcmTagKey& tag, std::size_t index = 0);

// A well-formed UID or nothing.
std::optional<std::string> uid(DcmItem& item, const DcmTagKey& tag);

// Exactly N finite numbers or nothing.
template <std::size_t N>
std::optional<std::array<double, N>> numbers(DcmItem& item, const DcmTagKey& tag) {
    std::array<double, N> values{};
    for (std::size_t n = 0; n < N; ++n) {
        const auto value = number(item, tag, n);
        if (!value) return std::nullopt;
        values[n] = *value;
    }
    return values;
}

// Item number `index` of a sequence; null where there is none.
DcmItem* sequence_item(DcmItem& item, const DcmTagKey& tag, std::size_t index = 0);
std::size_t sequence_length(DcmItem& item, const DcmTagKey& tag);

}  // namespace calcinode::dicom
