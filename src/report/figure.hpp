// The picture a radiologist looks at: a sagittal and a coronal maximum intensity projection of the spine with
// the vertebrae's names and an arrow at a deposit, beside them the corresponding axial image with its
// outline, and the deposits' numbers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"
#include "base/result.hpp"
#include "dicom/series_source.hpp"
#include "report/picture.hpp"

namespace calcinode::report {

// Text of the source study, as UTF-8 (whatever can't be shown is replaced), and of the comparison with an
// earlier result.
struct FigureTexts {
    std::string series_description;
    std::string patient_name, patient_id, birth_date;  // "": not drawn
    std::map<int, std::string> changes{};              // of deposits, by ID: "+40 %", "new"
    // Notes below the table: the change since then, what limits the result.
    std::vector<std::string> change_lines{}, limits{};
};

enum class FigurePages {
    one,           // with an arrow at the leading deposit (Findings::leading); the others have numbers
    each_deposit,  // as many as there are rows in the table, each with its own arrow and axial image
};

// Pages of one size, the first with the arrow at the leading deposit. The volume is drawn in its own axes:
// head up, anterior to the left of the sagittal projection; the patient's right at the left of both others.
// In an indeterminate study without deposits what could be one is pointed at. Where there is nothing to point
// at, one smaller page says so and shows what was looked at. The same input gives the same pictures.
Result<std::vector<Picture>> draw_figure(const Findings& findings, const Volume& volume,
                                         const SeriesSource& source, const FigureTexts& texts = {},
                                         FigurePages pages = FigurePages::one);

}  // namespace calcinode::report
