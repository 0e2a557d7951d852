// An image file of any bytes gives its header and its pixels, or reasons.
#include <cstddef>
#include <cstdint>

#include "read_frames.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    calcinode::fuzz::read_frames({data, size});
    return 0;
}
