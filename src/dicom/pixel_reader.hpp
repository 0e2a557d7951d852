// The stored values of a CT image's frames, whatever the transfer syntax they are encoded in.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "dicom/file.hpp"
#include "dicom/image_header.hpp"

class DcmPixelData;

namespace calcinode::dicom {

inline constexpr int largest_matrix = 4096;  // rows or columns; the largest CT matrix in use is 2048

// Nothing where frames of this format can be decoded by PixelReader; else what is in the way.
Result<> check_decodable(const ImageHeader& header);

// One open file, one frame in memory at a time. Uncompressed frames are read straight from the disk,
// compressed ones decoded singly. Use an object from one thread at a time.
class PixelReader {
  public:
    static Result<PixelReader> open(const ImageHeader& header);

    // The 16-bit words of frame `index` (from 0), row by row, in this machine's byte order, to be read
    // through a HuTable. Valid until the next call.
    Result<std::span<const std::uint16_t>> frame(int index);

  private:
    PixelReader(File file, const ImageHeader& header);
    Result<> decode_by_dcmtk(int index);
    // `fragment` is where DCMTK begins to read; 0, which lets it search, becomes the number that it finds.
    Result<> check_jpeg_frame(DcmPixelData& pixels, int index, std::uint32_t& fragment) const;
    Result<> decode_here(int index);

    File file_;
    int rows_, columns_, frames_;
    std::vector<std::uint16_t> words_;
    std::uint32_t next_fragment_ = 0;  // a hint for DCMTK: where the next frame begins
    int next_frame_ = 0;
};

// The whole way for one frame: words through the table, row by row.
Result<std::vector<std::int16_t>> read_hounsfield(const ImageHeader& header, int frame_index);

}  // namespace calcinode::dicom
