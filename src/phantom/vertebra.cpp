#include "phantom/vertebra.hpp"

namespace calcinode::phantom {
namespace {

constexpr float facet_gap_mm = 1.7F;  // joint cartilage of both sides
constexpr float lamina_mm = 3.4F;     // thickness of the laminae
constexpr float surface_noise_mm = 0.35F;
constexpr float surface_grain_mm = 4.5F;

// A vertebra as one function, with what does not change from voxel to voxel taken out.
class VertebraShape {
  public:
    VertebraShape(const VertebraPlan& plan, const NoiseField& noise) : v_(plan), noise_(noise) {
        for (const std::size_t side : {left, right}) {
            above_[side] = local_plane(plan.joint_above[side]);
            below_[side] = local_plane(plan.joint_below[side]);
        }
        const float up = std::cos(plan.spinous_droop), down = std::sin(plan.spinous_droop);
        root_ = {0, plan.canal_y() + plan.canal_depth / 2 + 1.5F, plan.thoracic() ? -6.0F : -3.5F};
        tip_ = root_ + Point{plan.spinous_length * std::sin(plan.spinous_aside), plan.spinous_length * up,
                             -plan.spinous_length * down};
    }

    float operator()(Point p) const {
        const float body = body_distance(p);
        const float canal = canal_distance(v_, p);
        float d = join(body, arch(p, canal), 1.2F);
        d = join(d, spinous(p), 1.5F);
        for (const std::size_t side : {left, right}) d = join(d, half(p, side), 1.2F);
        if (v_.number == 2) d = join(d, axis_peg(p), 2.0F);
        d = std::max(d, -canal);
        const Point q = p * (1 / surface_grain_mm) + Point{v_.noise_phase, 0, v_.noise_phase};
        return d + surface_noise_mm * noise_.at(q);
    }

  private:
    struct Plane {
        Point centre, normal;
    };

    Plane local_plane(const JointPlane& joint) const {
        const Point centre = v_.frame.to_local(joint.centre);
        return {centre, v_.frame.to_local(joint.centre + joint.normal) - centre};
    }

    float body_distance(Point p) const {
        const float a = v_.width / 2, b = v_.depth / 2, h = v_.height / 2;
        const float waist = 1 - 0.07F * (1 - std::min(1.0F, (p.z / h) * (p.z / h)));
        // The back wall is flatter than the front.
        const float y = p.y > 0 ? p.y * 1.06F : p.y;
        const float wall = plump(p.x, y, a * waist, b * waist);
        const float r2 = std::min(1.0F, (p.x * p.x) / (a * a) + (p.y * p.y) / (b * b));
        const float dish = 0.9F * (1 - r2);
        const float edge = ramp(0.55F * a, 0.95F * a, std::abs(p.x));
        const bool cervical = !v_.thoracic();
        const float uncus = cervical && v_.number > 2 ? 3.4F * edge * ramp(-b, 0, p.y) : 0;
        const float bevel = cervical ? 2.0F * edge : 0;
        const float lip = cervical ? 0.9F * ramp(0, -b, p.y) : 0;  // the front lip over the disc below
        const float top = p.z - (h - dish + uncus);
        const float bottom = -p.z - (h - dish - bevel + lip);
        return meet(wall, meet(top, bottom, 0.5F), 2.0F);
    }

    // The ring behind the body: a shell around the canal, high at the laminae.
    float arch(Point p, float canal) const {
        const float back = p.y - v_.depth / 2;
        const float middle = 0.8F - 0.26F * back;
        const float half_height = 3.4F + 2.6F * ramp(2, 12, back);
        const float shell = std::max(canal - lamina_mm, -canal);
        return meet(meet(shell, std::abs(p.z - middle) - half_height, 1.0F), 1.5F - back, 1.0F);
    }

    float spinous(Point p) const {
        const float stretch = v_.number == 2 ? 1.6F : 1.9F;
        if (v_.number > 6) {
            const float stem = blade(p, root_, tip_, 3.3F, 2.3F, stretch);
            return join(stem, ellipsoid(p - tip_, {3.4F, 4, 5}), 1.5F);
        }
        const Point fork = root_ + (tip_ - root_) * 0.7F;
        float d = blade(p, root_, fork, 3.3F, 2.4F, stretch);
        for (const float s : {1.0F, -1.0F})
            d = join(d, rod(p, fork, tip_ + Point{s * 4.2F, 0, -1.5F}, 2.6F, 2.2F), 1.0F);
        return d;
    }

    // Pedicle, articular pillar and transverse process of one side.
    float half(Point p, std::size_t side) const {
        const float s = side_sign(side);
        const Point q{p.x * s, p.y, p.z};  // mirrored to the left
        if (q.x < 3) return 3 - q.x + 3;
        const float a = v_.width / 2, b = v_.depth / 2;
        const float px = v_.pillar_x[side], py = v_.pillar_y();
        float d = blade(q, {a - 3, b - 3, 1.2F}, {px - 4, py - 1.5F, 0.6F}, 2.5F, 2.6F, 1.35F);
        d = join(d, pillar(p, q, side), 1.2F);
        d = join(d, v_.thoracic() ? thoracic_process(q, px, py) : cervical_process(q, px), 1.2F);
        if (!v_.thoracic()) {
            const float foramen = ellipse(q.x - (a + 4.9F), q.y - (b - 2.6F), 3.0F, 2.9F);
            d = meet(d, -foramen, 0.5F);
        }
        return d;
    }

    float pillar(Point p, Point q, std::size_t side) const {
        const float px = v_.pillar_x[side], py = v_.pillar_y();
        const float rx = v_.thoracic() ? 5.2F : 5.8F, ry = v_.thoracic() ? 5.8F : 6.8F;
        const float column = plump(q.x - px, q.y - py, rx, ry);
        const float upper = dot(p - above_[side].centre, above_[side].normal) + facet_gap_mm / 2;
        const float lower = facet_gap_mm / 2 - dot(p - below_[side].centre, below_[side].normal);
        if (v_.number == 2) return meet(column, std::max(lower, q.z - 6), 0.8F);
        return meet(column, std::max(upper, lower), 0.8F);
    }

    // Two bars around the foramen of the vertebral artery, joined at their tips.
    float cervical_process(Point q, float px) const {
        const float a = v_.width / 2, b = v_.depth / 2, tip = v_.process_tip;
        if (q.x > tip + 5) return q.x - tip;
        const float front = rod(q, {a - 1.5F, b - 7.5F, -0.5F}, {a + 8.2F, b - 6.6F, -2}, 2.2F, 2.2F);
        const float rear = rod(q, {px - 1, b + 2.5F, -1}, {tip - 2, b - 1, -3.2F}, 2.7F, 2.2F);
        const float bridge = rod(q, {a + 8.2F, b - 6.6F, -2}, {tip - 2, b - 1, -3.2F}, 2.0F, 2.2F);
        return join(join(front, rear, 1), bridge, 1);
    }

    float thoracic_process(Point q, float px, float py) const {
        const float tip = v_.process_tip;
        const float bar = blade(q, {px - 1, py + 2, 0}, {tip - 4, py + 9, 2}, 4.0F, 3.4F, 1.4F);
        return join(bar, ellipsoid(q - Point{tip - 3, py + 9, 2}, {4.6F, 4.4F, 6}), 2);
    }

    // C2 only: the dens and the shoulders that carry the atlas.
    float axis_peg(Point p) const {
        const float h = v_.height / 2;
        const float stem = rod(p, {0, -1, h - 4}, {0, -1.5F, h + 6}, 6.2F, 4.9F);
        const float head = ellipsoid(p - Point{0, -1.8F, h + 10}, {5.5F, 5.8F, 6.6F});
        const Point q{std::abs(p.x), p.y, p.z};
        const float slope = 0.38F * (q.x - 14);
        const float shoulder =
            ellipsoid(Point{q.x - 13.5F, q.y - 2.5F, q.z - (h - 5.5F) + slope}, {9, 8.5F, 5});
        return join(join(stem, head, 2), shoulder, 2);
    }

    const VertebraPlan& v_;
    const NoiseField& noise_;
    std::array<Plane, 2> above_, below_;
    Point root_, tip_;
};

// The atlas has no body: lateral masses, two arches and the transverse processes.
float atlas_distance(const VertebraPlan& v, const NoiseField& noise, Point p) {
    const Point q{std::abs(p.x), p.y, p.z};
    float d = rod(q, {0, -11.2F, 0}, {8, -10, 0}, 3.4F, 2.9F);
    d = join(d, rod(q, {8, -10, 0}, {15, -4.5F, 0}, 2.9F, 4), 2);
    const float slope = 0.3F * (q.x - 17);
    d = join(d, ellipsoid(Point{q.x - 17.5F, q.y + 0.5F, q.z - slope * 0.2F}, {6.8F, 9.5F, 8.5F}), 2);
    d = join(d, rod(q, {18, 6, -1}, {15.5F, 17, -1}, 3.4F, 2.8F), 2);
    d = join(d, rod(q, {15.5F, 17, -1}, {8, 25, -1}, 2.8F, 3), 2);
    d = join(d, rod(q, {8, 25, -1}, {0, 27.5F, -1}, 3, 3.8F), 2);
    d = join(d, rod(q, {20, 1, -1}, {v.process_tip - 3, 4, -2}, 3.8F, 3.4F), 2);
    d = meet(d, -ellipse(q.x - 27.5F, q.y - 2, 3.1F, 3.1F), 0.5F);
    // Room for the dens before, for the cord behind.
    d = std::max(d, -(std::sqrt(q.x * q.x + p.y * p.y) - 7.4F));
    d = std::max(d, -ellipse(q.x, p.y - 13, 14, 10.5F));
    return d + 0.3F * noise.at(p * 0.22F + Point{v.noise_phase, 3, 0});
}

void paint_discs(Canvas& canvas, const Frame& neck, const SpinePlan& plan, const NoiseField& noise) {
    for (std::size_t n = 1; n + 1 < plan.vertebrae.size(); ++n) {
        const auto& upper = plan.vertebrae[n];
        const auto& lower = plan.vertebrae[n + 1];
        Frame frame = upper.frame;
        frame.origin = upper.frame.to_outer({0, 0, -upper.height / 2 - upper.disc / 2});
        frame.origin.y += (lower.frame.to_outer({0, 0, lower.height / 2}).y -
                           upper.frame.to_outer({0, 0, -upper.height / 2}).y) /
                          2;
        const float a = lower.width / 2 - 0.4F, b = lower.depth / 2 + 0.3F, h = upper.disc / 2 + 3;
        canvas.paint(
            neck.placed(frame), {{-a - 2, -b - 2, -h - 1}, {a + 2, b + 2, h + 1}},
            [&](Point p) { return std::max(plump(p.x, p.y, a, b), std::abs(p.z) - h); },
            [&](Point p, float d) { return 82 + 14 * ramp(-4, -1, d) + 8 * noise.at(p * 0.3F); });
    }
}

// Condyles and the floor of the occipital bone, as far as the scan reaches.
float occiput_distance(const NoiseField& noise, Point p) {
    const Point q{std::abs(p.x), p.y, p.z};
    const float condyle = ellipsoid(q - Point{16, -1, 12.5F}, {6, 10, 5.5F});
    const float sphere = length(Point{p.x, p.y - 22, (p.z - 76) * 1.05F}) - 62;
    float shell = std::abs(sphere + 3) - 2.8F;
    shell = std::max(shell, -ellipse(p.x, p.y - 11, 15, 17));
    shell = std::max(shell, -(p.y + 20));
    const float clivus = rod(p, {0, -10, 17}, {0, -26, 40}, 4.5F, 6.5F);
    return join(join(shell, condyle, 3), clivus, 3) + 0.4F * noise.at(p * 0.2F);
}

}  // namespace

float bone_hu(const BoneMatter& matter, const NoiseField& noise, Point p, float d) {
    const float cortical = 1 - ramp(matter.cortex_mm - 0.2F, matter.cortex_mm + 0.6F, -d);
    const float grain = noise.at(p * 0.5F) + 0.6F * noise.at(p * 1.1F + Point{7, 5, 3});
    const float marrow = matter.marrow_hu + matter.trabecular_hu * grain;
    const float cortex = matter.cortex_hu * (1 + 0.10F * noise.at(p * 0.3F + Point{11, 0, 4}));
    return marrow + cortical * (cortex - marrow);
}

float canal_distance(const VertebraPlan& v, Point p) {
    const float y = p.y - v.canal_y();
    const float b = v.canal_depth / 2;
    const float taper = 1 - 0.2F * std::clamp(y / b, -1.0F, 1.0F);  // a rounded triangle, its apex behind
    return ellipse(p.x / taper, y, v.canal_width / 2, b);
}

void paint_spine(Canvas& canvas, const Frame& neck, const SpinePlan& plan, const NoiseField& noise,
                 Random& random) {
    paint_discs(canvas, neck, plan, noise);
    const float marrow = random.uniform(200, 270);  // of the person: bone density
    for (const auto& v : plan.vertebrae) {
        const Frame frame = neck.placed(v.frame);
        BoneMatter matter;
        matter.marrow_hu = marrow * random.about_one(0.07F);
        const auto value = [&](Point p, float d) {
            // Pillars and processes hold denser cancellous bone than the body.
            BoneMatter here = matter;
            here.marrow_hu += 90 * ramp(v.depth / 2 - 1, v.depth / 2 + 5, p.y);
            return bone_hu(here, noise, p + Point{0, 0, 3 * v.noise_phase}, d);
        };
        if (v.number == 1) {
            canvas.paint_bone(
                frame, {{-42, -17, -12}, {42, 34, 12}}, [&](Point p) { return atlas_distance(v, noise, p); },
                value);
            canvas.paint_bone(
                frame, {{-64, -36, 5}, {64, 86, 60}}, [&](Point p) { return occiput_distance(noise, p); },
                value);
            continue;
        }
        const VertebraShape shape(v, noise);
        const float reach = v.process_tip + 6, back = v.canal_y() + v.canal_depth + v.spinous_length + 4;
        const float drop = 16 + v.spinous_length * std::sin(v.spinous_droop) + 6;
        canvas.paint_bone(frame,
                          {{-reach, -v.depth / 2 - 3, -drop},
                           {reach, back, v.height / 2 + (v.number == 2 ? 20.0F : 10.0F)}},
                          shape, value);
    }
}

}  // namespace calcinode::phantom
