// What an image file says of itself, as plain values: all that is needed to judge and place its frames
// without looking at a pixel.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/geometry.hpp"
#include "base/result.hpp"

namespace calcinode::dicom {

// Stored value * slope + intercept = Hounsfield units.
struct Rescale {
    double slope = 1, intercept = 0;
    friend bool operator==(const Rescale&, const Rescale&) = default;
};

// CT has 12 to 16.
inline constexpr unsigned most_bits_of_sample = 16;

// How stored values lie in the pixel data (PS3.3 C.7.6.3). As written in the file, not yet checked.
struct PixelFormat {
    int rows = 0, columns = 0;
    int samples = 0;  // per pixel
    int bits_allocated = 0, bits_stored = 0, high_bit = 0;
    bool is_signed = false;
    std::string photometric;
    // Stored values from `padding` to `padding_limit` (either order) are no attenuation.
    std::optional<int> padding, padding_limit;
    friend bool operator==(const PixelFormat&, const PixelFormat&) = default;
};

// Of one frame, from the functional groups of a multi-frame object or the data set of a single-frame one.
struct FrameHeader {
    std::optional<LpsPoint> position;                    // Image Position (Patient)
    std::optional<std::array<double, 6>> orientation;    // Image Orientation (Patient)
    std::optional<std::array<double, 2>> pixel_spacing;  // mm between rows, between columns
    std::optional<double> thickness_mm;
    std::optional<Rescale> rescale;
    std::string rescale_type;             // "HU"; empty where absent
    std::vector<std::string> image_type;  // Image Type, or Frame Type where there is one
    std::optional<int> acquisition_number;
    std::string acquisition_time;  // as written; orders the phases of an examination
};

struct ImageHeader {
    std::filesystem::path path;
    std::string transfer_syntax;
    std::string study_uid, series_uid, sop_class_uid, sop_instance_uid;  // well-formed
    std::string frame_of_reference_uid;                                  // may be empty
    std::string modality, manufacturer, model, kernel, series_description;
    int series_number = 0, instance_number = 0;
    bool lossy = false;  // Lossy Image Compression is "01"
    bool has_pixel_data = false;
    std::uint64_t native_bytes = 0;  // of uncompressed pixel data; 0 where it is encapsulated
    PixelFormat format;
    std::vector<FrameHeader> frames;  // in the order of the frame numbers, at least one
};

// SOP classes that hold CT images which may be analysed.
bool is_ct_image_class(const std::string& sop_class_uid);

// An Error where the file can't be parsed to its end, or lacks the UIDs that say what it is.
Result<ImageHeader> read_image_header(const std::filesystem::path& path);

}  // namespace calcinode::dicom
