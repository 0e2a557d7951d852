// The grey images of the figure and where the targets lie on them, in the volume's own pixels. Nothing is
// drawn here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "analysis/volume.hpp"
#include "report/figure_scene.hpp"
#include "report/grey_window.hpp"

namespace calcinode::report {

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
    std::vector<std::int16_t> hu;
    GreyWindow window;
    std::vector<PixelMask> targets;  // as in Scene::targets, as far as the image shows them

    std::size_t pixels() const { return static_cast<std::size_t>(width) * static_cast<std::size_t>(height); }
    std::size_t pixel(int x, int y) const {
        return static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x);
    }
};

// What a viewer writes at an image's edges: the patient's direction there, "A", or "AL" for an oblique
// volume.
std::string direction_letters(Vec3 direction);

// Maximum along one axis over a slab that follows the canal. Head up; sagittal: anterior at the left,
// coronal: the patient's right at the left.
struct ProjectionView : View {
    bool coronal = false;
    Span across, heights;  // columns: along i or j; rows: along k from the bottom to the top
    double slab_mm = 0;    // thickness
    PixelPoint at(Vec3 index) const {
        return {(coronal ? index.x : index.y) - across.low, heights.low + heights.count - 1 - index.z};
    }
};
// As wide as `width_mm` as far as the volume reaches.
ProjectionView sagittal_view(const Scene& scene, double width_mm);
ProjectionView coronal_view(const Scene& scene, std::size_t target, double width_mm);

// One plane of constant k, that which shows a target. Patient's right at the left, anterior up.
struct AxialView : View {
    Span across, along;  // i from left to right, j from the top to the bottom
    int k = 0;
    PixelPoint at(Vec3 index) const { return {index.x - across.low, index.y - along.low}; }
};
// `aspect` is the width of the place for the image divided by its height; the cut-out follows it as far as
// the volume reaches.
AxialView axial_view(const Scene& scene, std::size_t target, double aspect);

}  // namespace calcinode::report
