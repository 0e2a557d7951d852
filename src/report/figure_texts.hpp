// What the figure says in words. None of it is a diagnosis.
#pragma once

#include <string>
#include <vector>

#include "analysis/findings.hpp"
#include "dicom/series_source.hpp"
#include "report/canvas.hpp"
#include "report/figure.hpp"
#include "report/figure_scene.hpp"
#include "report/figure_views.hpp"

namespace calcinode::report {

struct VerdictWords {
    std::string tag;      // "CALC POSITIVE", as in the series description
    std::string finding;  // a line
    Colour colour;        // of the tag
};
VerdictWords verdict_words(const Findings& findings);

// Count and total volume, what is not listed, slips; where nothing was found, what was looked at.
std::vector<std::string> note_lines(const Scene& scene);

// "Series 3", "image 145": where on the source the axial plane is; "reformatted" where it is no image plane.
std::string image_words(const AxialView& view, const SeriesSource& source);
// "z -345.7 mm": the patient coordinate of the image's middle.
std::string position_words(const AxialView& view, const Grid& grid);

// Name, ID and birth date, as much of them as there is.
std::string patient_words(const FigureTexts& texts);

// "Series 3 "C-Spine 0.8 B60s", 301 images, voxels 0.45 x 0.45 x 0.80 mm". `description` is showable.
std::string series_words(const SeriesSource& source, const Grid& grid, const std::string& description);

}  // namespace calcinode::report
