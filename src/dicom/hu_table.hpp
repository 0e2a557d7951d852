// From the 16 bits in the pixel data to Hounsfield units, by a table: BitsStored, HighBit, sign, padding and
// rescale are dealt with once for 65536 words and not once a pixel.
#pragma once

#include <cstdint>
#include <vector>

#include "dicom/image_header.hpp"

namespace calcinode::dicom {

inline constexpr int air_hu = -1024;      // what padding becomes, and the lowest value of a volume
inline constexpr int highest_hu = 32767;  // what a voxel of a volume can hold

class HuTable {
  public:
    // Precondition: 16 bits allocated, 1 <= bits_stored <= high_bit + 1 <= 16. Results are rounded to the
    // nearest whole HU and clamped to [air_hu, highest_hu].
    HuTable(const PixelFormat& format, const Rescale& rescale);

    std::int16_t operator[](std::uint16_t word) const { return hu_[word]; }
    bool is_for(const PixelFormat& format, const Rescale& rescale) const {
        return format == format_ && rescale == rescale_;
    }

  private:
    PixelFormat format_;
    Rescale rescale_;
    std::vector<std::int16_t> hu_;
};

}  // namespace calcinode::dicom
