// Headers of a study with any positions, orientations, spacings, numbers and formats become a volume or a
// reason, and no slice leaves the volume. Where the fuzzer says nothing, the series is a sound one, so that
// it has to find only what breaks it.
#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

#include "assemble/choice.hpp"
#include "assemble/headers.hpp"
#include "assemble/load.hpp"
#include "image_file.hpp"
#include "memory_file.hpp"

namespace {

using namespace calcinode;

constexpr int most_slices = 80, matrix = 4;
constexpr std::size_t most_files = 4;  // that the pixels are read of; each is opened, which takes time

// Attributes that a header may have got wrong: mostly what is right.
class Hostile {
  public:
    explicit Hostile(FuzzedDataProvider& bytes) : bytes_(bytes) {}

    double number(double right) {
        static constexpr std::array odd{0.0, -0.0, 1e-300, 1e300, -1e300, 5e-324, 1e5, 0.05};
        switch (bytes_.ConsumeIntegral<std::uint8_t>()) {
            case 1:
                return right + bytes_.ConsumeFloatingPointInRange<double>(-1, 1);
            case 2:
                return right * bytes_.ConsumeFloatingPointInRange<double>(-4, 4);
            case 3:
                return bytes_.ConsumeFloatingPointInRange<double>(-1e6, 1e6);
            case 4:
                return odd[bytes_.ConsumeIntegralInRange<std::size_t>(0, odd.size() - 1)];
            default:
                return right;
        }
    }
    int whole(int right) {
        static constexpr std::array odd{0, 1, -1, 8, 15, 17, 4096, 4097, 65535, 2147483647};
        const auto way = bytes_.ConsumeIntegral<std::uint8_t>();
        if (way == 1) return bytes_.ConsumeIntegral<int>();
        if (way == 2) return odd[bytes_.ConsumeIntegralInRange<std::size_t>(0, odd.size() - 1)];
        return right;
    }
    bool rarely() { return bytes_.ConsumeIntegral<std::uint8_t>() == 1; }

  private:
    FuzzedDataProvider& bytes_;
};

dicom::FrameHeader frame_at(Hostile hostile, double z) {
    dicom::FrameHeader frame;
    frame.position = LpsPoint{hostile.number(-50), hostile.number(-50), hostile.number(z)};
    frame.orientation = {hostile.number(1), hostile.number(0), hostile.number(0),
                         hostile.number(0), hostile.number(1), hostile.number(0)};
    frame.pixel_spacing = {hostile.number(0.5), hostile.number(0.5)};
    frame.thickness_mm = hostile.number(2);
    frame.rescale = dicom::Rescale{hostile.number(1), hostile.number(-1024)};
    frame.image_type = {"ORIGINAL", "PRIMARY", hostile.rarely() ? "LOCALIZER" : "AXIAL"};
    frame.acquisition_number = hostile.whole(1);
    if (hostile.rarely()) frame.position.reset();
    if (hostile.rarely()) frame.orientation.reset();
    if (hostile.rarely()) frame.pixel_spacing.reset();
    return frame;
}

dicom::ImageHeader image_header(Hostile hostile, int number, const std::filesystem::path& file) {
    dicom::ImageHeader image;
    image.path = file;
    image.transfer_syntax = test::explicit_little_endian;
    image.study_uid = "1.2";
    image.series_uid = hostile.rarely() ? "1.2.4" : "1.2.3";
    image.sop_class_uid = test::ct_image_storage;
    image.sop_instance_uid = "1.2.3." + std::to_string(number);
    image.modality = "CT";
    image.instance_number = hostile.whole(number);
    image.has_pixel_data = true;
    image.native_bytes = std::uint64_t{1} << 40;  // enough for any matrix
    image.format.rows = hostile.whole(matrix);
    image.format.columns = hostile.whole(matrix);
    image.format.samples = 1;
    image.format.bits_allocated = 16;
    image.format.bits_stored = hostile.whole(16);
    image.format.high_bit = hostile.whole(15);
    image.format.is_signed = true;
    image.format.photometric = "MONOCHROME2";
    return image;
}

// A study of one or two series, of single-frame or multi-frame images.
assemble::Headers study_of(FuzzedDataProvider& bytes, const std::filesystem::path& file) {
    const int slices = most_slices - bytes.ConsumeIntegralInRange<int>(0, most_slices - 1);
    const int frames = most_slices - bytes.ConsumeIntegralInRange<int>(0, most_slices - 1);
    const Hostile hostile(bytes);
    const double step = Hostile(bytes).number(2.5);
    assemble::Headers headers;
    for (int slice = 0; slice < slices; ++slice) {
        if (slice % frames == 0) headers.images.push_back(image_header(hostile, slice + 1, file));
        headers.images.back().frames.push_back(frame_at(hostile, slice * step));
    }
    std::ranges::stable_sort(headers.images, {}, &dicom::ImageHeader::series_uid);
    return headers;
}

void require(bool holds) {
    if (!holds) __builtin_trap();
}

void check_volume(const assemble::Stack& stack) {
    require(stack.slot.size() == stack.planes.size() && stack.slot.front() == 0);
    require(std::ranges::adjacent_find(stack.slot, std::greater_equal{}) == stack.slot.end());
    require(stack.spacing_mm > 0 && std::isfinite(stack.spacing_mm));
    std::set<const dicom::ImageHeader*> files;
    for (const auto& plane : stack.planes) files.insert(plane.image);
    const auto& format = stack.planes.front().image->format;
    if (files.size() > most_files || format.rows > matrix || format.columns > matrix) return;
    const auto loaded = assemble::load(stack, 1);
    require(!loaded || loaded->volume.hu.size() == loaded->volume.grid.voxels());
}

const std::string& frames_file() {
    constexpr std::size_t pixel_bytes = 2 * matrix * matrix * most_slices;
    static const auto content =
        fuzz::image_file({.columns = matrix, .rows = matrix, .frames = most_slices},
                         test::detail::element(0x7fe0, 0x0010, "OW", std::string(pixel_bytes, '\x10')));
    return content;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto& content = frames_file();
    static const fuzz::MemoryFile file(
        {reinterpret_cast<const std::uint8_t*>(content.data()), content.size()});
    FuzzedDataProvider bytes(data, size);
    const auto headers = study_of(bytes, file.path());
    const auto studies = assemble::candidates_of(headers);
    const auto& candidates = studies.at("1.2");
    if (const auto chosen = assemble::choose(candidates)) {
        require(!assemble::description(candidates[*chosen]).empty());
        check_volume(*candidates[*chosen].stack);
    } else {
        require(!assemble::why_none(candidates).text.empty());
    }
    return 0;
}
