#include "dicom/hu_table.hpp"

#include <algorithm>
#include <cmath>

namespace calcinode::dicom {
namespace {

int stored_value(std::uint32_t word, const PixelFormat& format) {
    const int shift = format.high_bit + 1 - format.bits_stored;
    const std::uint32_t range = 1U << format.bits_stored;
    const auto value = static_cast<int>((word >> shift) & (range - 1));
    const bool negative = format.is_signed && value >= static_cast<int>(range / 2);
    return negative ? value - static_cast<int>(range) : value;
}

}  // namespace

HuTable::HuTable(const PixelFormat& format, const Rescale& rescale)
    : format_(format), rescale_(rescale), hu_(65536) {
    const bool padded = format.padding.has_value();
    const int limit = padded ? format.padding_limit.value_or(*format.padding) : 0;
    const auto [padding_low, padding_high] = std::minmax({format.padding.value_or(0), limit});
    for (std::uint32_t word = 0; word < 65536; ++word) {
        const int stored = stored_value(word, format);
        // Padding outside the range of BitsStored occurs; then it is the whole word that is meant.
        const int whole = format.is_signed ? static_cast<std::int16_t>(word) : static_cast<int>(word);
        const auto is_padding = [&](int v) { return padded && v >= padding_low && v <= padding_high; };
        if (is_padding(stored) || is_padding(whole)) {
            hu_[word] = air_hu;
            continue;
        }
        const double hu = std::round(stored * rescale.slope + rescale.intercept);
        hu_[word] = static_cast<std::int16_t>(std::clamp<double>(hu, air_hu, highest_hu));
    }
}

}  // namespace calcinode::dicom
