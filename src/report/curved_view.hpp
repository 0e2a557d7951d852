// A picture of a surface that follows the spine. The surface is made of straight level lines, all parallel,
// so it unrolls without any distortion: millimetres are true everywhere on the picture. A sagittal one has
// lines from front to back and follows the spine's way to the sides; a coronal one has lines from right to
// left and follows its way to front and back.
#pragma once

#include <vector>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"
#include "report/figure_views.hpp"

namespace calcinode::report {

enum class CurvedPlane { sagittal, coronal };

struct CurvedView : View {
    double slab_mm = 0;

    // Where a point of the patient lies on the picture, seen along the slab.
    PixelPoint at(LpsPoint p) const;

    // How it is made; for at().
    Vec3 across;                   // the direction of the picture's rows: to the back, or to the left
    double first_across_mm = 0;    // of column 0
    double z_top = 0, z_step = 1;  // the surface's course is known at z_top - n z_step
    std::vector<double> along_mm;  // its length from the top, there
};

// The spine has a canal. Sagittal: the mean of a thin slab in the middle of canal and bodies, anterior at the
// left. Coronal: the maximum of a thick slab around canal and bodies, patient's right at the left.
CurvedView curved_view(CurvedPlane plane, const Spine& spine, const Volume& volume);

}  // namespace calcinode::report
