// The picture a radiologist looks at: a sagittal maximum intensity projection of the spine with an arrow at
// the main deposit and the vertebrae's levels, beside it the corresponding axial image, below them the
// deposits' numbers. It holds nothing that names the patient.
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"
#include "base/result.hpp"
#include "dicom/series_source.hpp"

namespace calcinode::report {

// 8-bit RGB, rows from the top, no padding between them. Width and height are even.
struct Picture {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgb;
};

// At least one deposit. The volume is drawn in its own axes: head up, anterior to the left of the projection;
// patient's right at the left of the axial image.
Result<Picture> draw_figure(const Findings& findings, const Volume& volume, const SeriesSource& source);

// As PNG, whole or not at all.
Result<> write_png(const Picture& picture, const std::filesystem::path& file);

}  // namespace calcinode::report
