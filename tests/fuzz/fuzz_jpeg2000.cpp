// A JPEG 2000 code stream of any bytes gives samples or a reason.
//   2 bytes   columns and rows, less one
//   the rest  the code stream
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "dicom/jpeg2000.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const int columns = data[0] + 1, rows = data[1] + 1;
    std::vector<std::uint16_t> words(static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows));
    (void)calcinode::dicom::decode_jpeg2000(std::as_bytes(std::span(data + 2, size - 2)), columns, rows,
                                            words);
    return 0;
}
