// Where a volume came from: the series, its slices, and how the volume's axes lie in the acquired images.
// This is all that a result object needs to refer to its source.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "base/geometry.hpp"

namespace calcinode {

// One acquired image plane. A multi-frame object gives several, which share file and SOP instance.
struct SourceSlice {
    std::filesystem::path file;
    std::string sop_class_uid, sop_instance_uid;
    int frame = 1;      // 1-based frame number within the instance (PS3.3 C.7.6.16); 1 for single-frame
    LpsPoint position;  // Image Position (Patient): centre of the first pixel
    int instance_number = 0;
};

struct SeriesSource {
    std::string study_uid, series_uid, frame_of_reference_uid;
    int series_number = 0;
    std::string series_description;
    // Acquired image planes in ascending order along the normal, row direction x column direction.
    std::vector<SourceSlice> slices;
    int rows = 0, columns = 0;
    double row_spacing_mm = 0, column_spacing_mm = 0;  // Pixel Spacing: between rows, between columns
    std::array<double, 6> orientation{};               // Image Orientation (Patient)

    // Volume axis a (see Grid) runs along the acquired axis source_axis[a] (0: column index, 1: row index,
    // 2: index into `slices`), backwards where reversed[a].
    std::array<int, 3> source_axis{0, 1, 2};
    std::array<bool, 3> reversed{false, false, false};

    // {column, row, slice} of the volume's voxel (i, j, k).
    std::array<int, 3> to_source(int i, int j, int k) const {
        const std::array<int, 3> extent{columns, rows, static_cast<int>(slices.size())};
        const std::array<int, 3> index{i, j, k};
        std::array<int, 3> source{};
        for (std::size_t a = 0; a < 3; ++a) {
            const auto s = static_cast<std::size_t>(source_axis[a]);
            source[s] = reversed[a] ? extent[s] - 1 - index[a] : index[a];
        }
        return source;
    }
};

}  // namespace calcinode
