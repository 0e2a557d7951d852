#include "dicom/rle.hpp"

#include <algorithm>

namespace calcinode::dicom {
namespace {

using Bytes = std::span<const std::byte>;

constexpr std::size_t header_bytes = 64;  // the number of segments, and where each begins
constexpr std::uint32_t segments = 2;     // of 16-bit samples: the high bytes, then the low ones

std::uint32_t u32(Bytes header, std::size_t index) {
    std::uint32_t value = 0;
    for (std::size_t n = 4; n-- > 0;)
        value = value << 8 | std::to_integer<std::uint32_t>(header[4 * index + n]);
    return value;
}

// Unpacks runs (PS3.5 G.3.1) until each word has got its next byte from the right; false where the segment
// ends before.
bool unpack(Bytes segment, std::span<std::uint16_t> words) {
    const auto push = [](std::uint16_t& word, std::byte value) {
        word = static_cast<std::uint16_t>(word << 8 | std::to_integer<unsigned>(value));
    };
    while (!words.empty()) {
        if (segment.size() < 2) return false;
        const auto code = std::to_integer<unsigned>(segment[0]);
        segment = segment.subspan(1);
        constexpr unsigned nothing = 128;
        if (code == nothing) continue;
        const bool repeats = code > nothing;
        const auto wanted = std::min<std::size_t>(repeats ? 257 - code : code + 1, words.size());
        const std::size_t taken = repeats ? 1 : wanted;
        if (segment.size() < taken) return false;
        for (std::size_t n = 0; n < wanted; ++n) push(words[n], segment[repeats ? 0 : n]);
        segment = segment.subspan(taken);
        words = words.subspan(wanted);
    }
    return true;
}

}  // namespace

Result<> decode_rle(Bytes frame, std::span<std::uint16_t> words) {
    if (frame.size() < header_bytes) return fail("RLE frame without a header");
    if (u32(frame, 0) != segments)
        return fail("RLE frame of " + std::to_string(u32(frame, 0)) + " segments, not of 16-bit samples");
    const std::size_t high = u32(frame, 1), low = u32(frame, 2);
    if (high < header_bytes || low < high || low > frame.size())
        return fail("RLE frame whose segments lie outside it");
    std::ranges::fill(words, std::uint16_t{0});
    if (!unpack(frame.subspan(high, low - high), words) || !unpack(frame.subspan(low), words))
        return fail("RLE frame that ends before its last pixel");
    return {};
}

}  // namespace calcinode::dicom
