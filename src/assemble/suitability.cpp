#include "assemble/suitability.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "dicom/own_objects.hpp"
#include "dicom/pixel_reader.hpp"

namespace calcinode::assemble {
namespace {

// CT Image Type value 3 and what makers write beside it (PS3.3 C.8.2.1.1.1).
constexpr std::array<std::string_view, 3> localizer_words{"LOCALIZER", "SCOUT", "TOPOGRAM"};
// Image Type or Frame Type words of what was computed from other images.
constexpr std::array<std::string_view, 17> derived_words{
    "REFORMATTED", "MPR",     "CPR",           "PROJECTION IMAGE", "MAX_IP",   "MIN_IP",
    "MIP",         "MINIP",   "VOLUME_RENDER", "SURFACE_RENDER",   "AVERAGE",  "SUBTRACTION",
    "CSA MPR",     "CSA MIP", "CSA 3D EDITOR", "PERFUSION",        "RESAMPLED"};
// Of Pixel Spacing: beyond these no scanner reconstructs, and the value is a mistake.
constexpr double smallest_pixel_mm = 0.05, largest_pixel_mm = 5.0;
// Of an Image Position: the scanner's table is shorter than this by far.
constexpr double farthest_position_mm = 1e5;
// Direction cosines are written with few digits; a larger error than this is not rounding.
constexpr double cosine_tolerance = 0.01;
constexpr int eight_bit = 8;

bool has_word(const std::vector<std::string>& values, auto&& words, std::size_t first) {
    for (std::size_t n = first; n < values.size(); ++n)
        if (std::ranges::find(words, values[n]) != words.end()) return true;
    return false;
}

std::string joined(const std::vector<std::string>& values) {
    std::string text;
    for (const auto& value : values) text += (text.empty() ? "" : "\\") + value;
    return text;
}

std::optional<Unfit> wrong_object(const dicom::ImageHeader& image) {
    if (made_by_us(image.manufacturer, image.model))
        return Unfit{"own_result", "made by this software: results are never analysed"};
    if (!dicom::is_ct_image_class(image.sop_class_uid))
        return Unfit{"not_ct",
                     "not CT images (" + (image.modality.empty() ? "no modality" : image.modality) + ")"};
    if (image.modality != "CT") return Unfit{"not_ct", "modality is \"" + image.modality + "\" and not CT"};
    return std::nullopt;
}

std::optional<Unfit> wrong_type(const Plane& plane) {
    const auto& type = plane.header().image_type;
    if (has_word(type, localizer_words, 2))
        return Unfit{"localizer", "localizer (Image Type " + joined(type) + ")"};
    const auto is = [&](std::size_t n, std::string_view word) { return type.size() > n && type[n] == word; };
    const bool reformatted = has_word(type, derived_words, 2) || is(1, "SECONDARY");
    if (reformatted || (is(0, "DERIVED") && !plane.image->lossy))
        return Unfit{"derived",
                     "derived images, not an original acquisition (Image Type " + joined(type) + ")"};
    return std::nullopt;
}

std::optional<Unfit> wrong_pixels(const Plane& plane) {
    const auto& image = *plane.image;
    const auto& format = image.format;
    if (format.samples > 1 || (!format.photometric.empty() && !format.photometric.starts_with("MONOCHROME")))
        return Unfit{"colour_images", "colour images (" + format.photometric + "), not attenuations"};
    if (format.bits_allocated == eight_bit || (format.bits_stored > 0 && format.bits_stored <= eight_bit))
        return Unfit{"eight_bit", "8-bit images, from which Hounsfield units can't be had"};
    const auto& frame = plane.header();
    if (!frame.rescale || frame.rescale->slope == 0)
        return Unfit{"not_hounsfield", "no rescale slope and intercept: values are not Hounsfield units"};
    if (!frame.rescale_type.empty() && frame.rescale_type != "HU")
        return Unfit{"not_hounsfield",
                     "values are in \"" + frame.rescale_type + "\" and not Hounsfield units"};
    if (auto decodable = dicom::check_decodable(image); !decodable)
        return Unfit{"unreadable_pixels", "pixels can't be read: " + decodable.error().what};
    return std::nullopt;
}

bool is_orthonormal(const std::array<double, 6>& o) {
    const Vec3 row{o[0], o[1], o[2]}, column{o[3], o[4], o[5]};
    return std::abs(norm(row) - 1) < cosine_tolerance && std::abs(norm(column) - 1) < cosine_tolerance &&
           std::abs(dot(row, column)) < cosine_tolerance;
}

std::optional<Unfit> wrong_geometry(const Plane& plane) {
    const auto& frame = plane.header();
    if (!frame.position || !frame.orientation)
        return Unfit{"no_geometry", "images without Image Position or Image Orientation (Patient)"};
    const auto p = *frame.position;
    if (std::max({std::abs(p.x), std::abs(p.y), std::abs(p.z)}) > farthest_position_mm)
        return Unfit{"no_geometry", "Image Position (Patient) is absurd"};
    if (!is_orthonormal(*frame.orientation))
        return Unfit{"no_geometry", "Image Orientation (Patient) is not a pair of perpendicular directions"};
    if (!frame.pixel_spacing) return Unfit{"pixel_spacing", "images without Pixel Spacing"};
    for (const double mm : *frame.pixel_spacing)
        if (mm < smallest_pixel_mm || mm > largest_pixel_mm)
            return Unfit{"pixel_spacing", "Pixel Spacing of " + std::to_string(mm) + " mm is absurd"};
    return std::nullopt;
}

}  // namespace

std::optional<Unfit> unsuited(const Plane& plane) {
    if (auto unfit = wrong_object(*plane.image)) return unfit;
    if (auto unfit = wrong_type(plane)) return unfit;
    if (auto unfit = wrong_pixels(plane)) return unfit;
    return wrong_geometry(plane);
}

int nearness(const Unfit& unfit) {
    // In the order in which the checks are made.
    constexpr std::array<std::string_view, 17> codes{
        "own_result",          "not_ct",           "localizer",   "derived",           "colour_images",
        "eight_bit",           "not_hounsfield",   "no_geometry", "pixel_spacing",     "too_few_slices",
        "oblique_orientation", "too_large",        "gantry_tilt", "irregular_spacing", "slices_too_thick",
        "missing_slices",      "unreadable_pixels"};
    const auto found = std::ranges::find(codes, std::string_view(unfit.code));
    return static_cast<int>(found - codes.begin());
}

}  // namespace calcinode::assemble
