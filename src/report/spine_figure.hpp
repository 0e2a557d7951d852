// Two pictures that show at once whether the spine was found right: a sagittal reformat and a coronal
// projection along the spine, with canal, bodies, names, landmarks and slips drawn on them. They hold nothing
// that names the patient.
#pragma once

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"
#include "base/result.hpp"
#include "report/curved_view.hpp"
#include "report/picture.hpp"

namespace calcinode::report {

// The spine has a canal; vertebrae may be missing.
Result<Picture> draw_spine(CurvedPlane plane, const Spine& spine, const Volume& volume);

}  // namespace calcinode::report
