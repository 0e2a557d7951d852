// Where each vertebra of one synthetic person is and how large: adult anatomy, varied by the seed.
//
// The neck's frame: millimetres, origin in the middle of C4's body, x to the patient's left, y to the back, z
// to the head. A vertebra's own frame has its origin in the middle of its body.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "phantom/canvas.hpp"
#include "phantom/random.hpp"

namespace calcinode::phantom {

enum Side : std::size_t { left = 0, right = 1 };
constexpr float side_sign(std::size_t side) {
    return side == left ? 1.0F : -1.0F;
}

// The facet joint with the next vertebra, in the neck's frame.
struct JointPlane {
    Vec3 centre;
    Vec3 normal;  // up and back: out of the lower vertebra's superior facet
};

struct VertebraPlan {
    std::string_view level;
    int number = 0;                          // 1 is C1, 8 is T1
    Frame frame;                             // in the neck's frame
    float width = 0, depth = 0, height = 0;  // of the body
    float disc = 0;                          // height of the disc below
    float canal_width = 0, canal_depth = 0;
    std::array<float, 2> pillar_x{};                     // lateral offset of the articular pillars
    std::array<JointPlane, 2> joint_above, joint_below;  // by side
    float process_tip = 0;                               // lateral reach of the transverse processes
    float spinous_length = 0;                            // behind the canal
    float spinous_droop = 0;                             // radians below the body's plane
    float spinous_aside = 0;                             // radians to the left
    float noise_phase = 0;                               // so that no two vertebrae have the same surface

    bool thoracic() const { return number >= 8; }
    float canal_y() const { return depth / 2 + canal_depth / 2 + 0.8F; }
    float pillar_y() const { return depth / 2 + 6.5F; }
    Point canal_centre() const { return {0, canal_y(), 0}; }
};

struct SpinePlan {
    std::vector<VertebraPlan> vertebrae;  // C1 first, then downwards

    const VertebraPlan* find(std::string_view level) const;
    // The front-to-back position of the bodies and of the canal at height z of the neck's frame.
    float body_y(float z) const;
    Point canal_at(float z) const;
    float shift_x(float z) const;
};

// `slip_mm`: how far C3, and with it all above, stands before C4.
SpinePlan plan_spine(Random& random, double slip_mm);

}  // namespace calcinode::phantom
