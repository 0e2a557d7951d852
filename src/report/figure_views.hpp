// The two grey images of the figure and where the deposits lie on them, in the volume's own pixels. Nothing
// is drawn here.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"

namespace calcinode::report {

// Greys run from `level - width / 2` to `level + width / 2`.
struct GreyWindow {
    int width = 0, level = 0;  // HU
};
// Wide enough to tell calcium from cortex, soft tissue still visible. The projection shows the densest voxel
// of each line, so that its window reaches higher.
inline constexpr GreyWindow projection_window{2400, 600};
inline constexpr GreyWindow axial_window{1800, 400};
std::uint8_t windowed(int hu, GreyWindow window);

// A place on an image, in its pixels: (0, 0) is the centre of the upper left one.
struct PixelPoint {
    double x = 0, y = 0;
};

struct PixelMask {
    std::vector<std::uint8_t> inside;  // as the image's pixels
    int count = 0;
};

struct View {
    int width = 0, height = 0;
    double step_x_mm = 1, step_y_mm = 1;  // between pixel centres
    std::vector<std::uint8_t> grey;
    std::vector<PixelMask> deposits;  // as in Findings::deposits
};

// Centre of the canal at each k, in voxels; followed straight on beyond its ends.
struct CanalAtEachSlice {
    std::vector<double> i, j;
};
CanalAtEachSlice canal_at_each_slice(const Findings& findings, const Grid& grid);

// Voxels [low, low + count) along an axis.
struct Span {
    int low = 0, count = 0;
};

// Maximum along the patient's left-right axis over a slab that follows the canal. Head up, anterior left.
struct SagittalView : View {
    Span across, along;  // j from left to right, k from the bottom to the top
    double slab_mm = 0;  // thickness of the slab
    PixelPoint at(Vec3 index) const { return {index.y - across.low, along.low + along.count - 1 - index.z}; }
};

// One plane of constant k. Patient's right at the left, anterior up.
struct AxialView : View {
    Span across, along;  // i from left to right, j from the top to the bottom
    int k = 0;
    PixelPoint at(Vec3 index) const { return {index.x - across.low, index.y - along.low}; }
};

// `aspect` is the width of the place for the image divided by its height; the cut-out follows it as far as
// the volume reaches.
SagittalView sagittal_view(const Findings& findings, const Volume& volume, double aspect);
AxialView axial_view(const Findings& findings, const Volume& volume, double aspect);

}  // namespace calcinode::report
