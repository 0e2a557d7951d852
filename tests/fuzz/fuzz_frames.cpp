// Encoded frames of any bytes, within a file whose header is sound, give pixels or a reason: the fuzzer's
// work goes into JPEG, JPEG-LS, RLE and the fragments, not into the attributes around them.
//   1 byte    transfer syntax
//   2 bytes   columns and rows, less one
//   1 byte    bits stored less one (low half), signed (bit 4), frames less one (bits 5 and 6), offset table
//             (bit 7)
//   2 bytes   length of a fragment, little endian; 0: all in one
//   the rest  the fragments' bytes
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "image_file.hpp"
#include "read_frames.hpp"

namespace {

using namespace calcinode;
using test::detail::little;

constexpr std::array syntaxes{
    "1.2.840.10008.1.2.5",     // RLE
    "1.2.840.10008.1.2.4.57",  // JPEG lossless
    "1.2.840.10008.1.2.4.70",  // JPEG lossless, first-order prediction
    "1.2.840.10008.1.2.4.50",  // JPEG baseline
    "1.2.840.10008.1.2.4.51",  // JPEG extended
    "1.2.840.10008.1.2.4.80",  // JPEG-LS lossless
    "1.2.840.10008.1.2.4.81",  // JPEG-LS near-lossless
    "1.2.840.10008.1.2.4.90",  // JPEG 2000 lossless
    "1.2.840.10008.1.2.4.91",  // JPEG 2000
};
constexpr std::size_t parameter_bytes = 6;
constexpr std::size_t most_fragments = 64;

std::string encapsulated(std::string stream, std::size_t fragment_bytes, int offsets) {
    if (stream.size() % 2 != 0) stream += '\0';
    auto step = fragment_bytes == 0 ? stream.size() : fragment_bytes;
    step = std::max({step, stream.size() / most_fragments, std::size_t{2}});
    step += step % 2;
    std::string table, fragments;
    for (int frame = 0; frame < offsets; ++frame)
        table += little(static_cast<std::uint32_t>(static_cast<std::size_t>(frame) * (step + 8)), 4);
    for (std::size_t at = 0; at < stream.size(); at += step) fragments += fuzz::item(stream.substr(at, step));
    return little(0x00107fe0, 4) + std::string("OB\0\0\xff\xff\xff\xff", 8) + fuzz::item(table) + fragments +
           little(0xe0ddfffe, 4) + little(0, 4);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < parameter_bytes) return 0;
    const int flags = data[3];
    const fuzz::ImageShape shape{.transfer_syntax = syntaxes[data[0] % syntaxes.size()],
                                 .columns = data[1] + 1,
                                 .rows = data[2] + 1,
                                 .frames = (flags >> 5 & 3) + 1,
                                 .bits_stored = (flags & 15) + 1,
                                 .is_signed = (flags & 16) != 0};
    const std::string stream(reinterpret_cast<const char*>(data) + parameter_bytes, size - parameter_bytes);
    const auto fragment_bytes = static_cast<std::size_t>(data[4] | data[5] << 8);
    const auto file =
        image_file(shape, encapsulated(stream, fragment_bytes, (flags & 128) != 0 ? shape.frames : 0));
    fuzz::read_frames({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()});
    return 0;
}
