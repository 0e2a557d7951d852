#include "phantom/other_bones.hpp"

#include <cmath>

#include "phantom/vertebra.hpp"

namespace calcinode::phantom {
namespace {

constexpr BoneMatter jaw{2.0F, 1250, 260, 60};
constexpr BoneMatter slender{0.9F, 620, 230, 40};    // hyoid
constexpr BoneMatter cartilage{0.7F, 230, 110, 60};  // larynx, ossified here and there
constexpr BoneMatter rib{1.1F, 720, 170, 40};

struct Painter {
    Canvas& canvas;
    const NoiseField& noise;

    template <class Distance>
    void bone(const Frame& frame, const Box& box, const BoneMatter& matter, Distance&& distance) const {
        canvas.paint_bone(
            frame, box, [&](Point p) { return distance(p) + 0.4F * noise.at(p * 0.2F); },
            [&](Point p, float d) { return bone_hu(matter, noise, p, d); });
    }
};

// A chain of rods through points, mirrored; `press` squeezes its cross-section along x, y or z.
template <std::size_t N>
float chain(Point q, const Point (&points)[N], float radius, Point press) {
    const auto squeezed = [&press](Point p) { return Point{p.x / press.x, p.y / press.y, p.z / press.z}; };
    float d = 1e3F;
    for (std::size_t n = 1; n < N; ++n)
        d = join(d, rod(squeezed(q), squeezed(points[n - 1]), squeezed(points[n]), radius, radius), 1.5F);
    return d;
}

Frame at(const Frame& neck, const SpinePlan& plan, float z, double turn) {
    Frame inner;
    inner.origin = {plan.shift_x(z) * 0.6, plan.body_y(z), 0};
    return neck.placed(inner.turned(0, 0, turn));
}

void paint_jaw(const Painter& painter, const Frame& frame) {
    painter.bone(frame, {{-60, -95, 12}, {60, -5, 90}}, jaw, [](Point p) {
        const Point q{std::abs(p.x), p.y, p.z};
        const float body = chain(
            q, {{0, -79, 29}, {13, -77, 29}, {27, -66, 30}, {39, -48, 32}, {47, -28, 37}}, 5, {1, 1, 2.1F});
        const float ramus = chain(q, {{47, -29, 36}, {49, -27, 58}, {50, -25, 95}}, 3.6F, {1, 3.0F, 1});
        return join(body, ramus, 3);
    });
}

void paint_throat(const Painter& painter, const Frame& frame) {
    painter.bone(frame, {{-24, -50, 0}, {24, -8, 22}}, slender, [](Point p) {
        const Point q{std::abs(p.x), p.y, p.z};
        return join(chain(q, {{0, -41, 8}, {9, -39.5F, 8}}, 2.7F, {1, 1, 1.5F}),
                    chain(q, {{9, -39.5F, 8}, {16, -30, 9.5F}, {19.5F, -17, 13}}, 1.7F, {1, 1, 1.2F}), 1.5F);
    });
    painter.bone(frame, {{-24, -54, -30}, {24, -10, 4}}, cartilage, [](Point p) {
        const Point q{std::abs(p.x), p.y, p.z};
        const float sweep = 0.12F * (p.z + 14);
        const float plate = chain({q.x, q.y - sweep, q.z}, {{1, -49, -14}, {10, -40, -14}, {18.5F, -21, -13}},
                                  1.3F, {1, 1, 8});
        const float horn = rod(q, {18.5F, -21, -6}, {19.5F, -18, 3}, 1.5F, 1.2F);
        return join(plate, horn, 1);
    });
    painter.bone(frame, {{-16, -48, -46}, {16, -14, -22}}, cartilage, [](Point p) {
        const float ring = std::abs(ellipse(p.x, p.y + 31, 10.5F, 12)) - 1.5F;
        const float high = 4 + 6 * ramp(-34, -22, p.y);  // the signet's plate is behind
        return meet(ring, std::abs(p.z + 32 - high * 0.4F) - high, 1);
    });
}

void paint_thorax(const Painter& painter, const Frame& neck, const SpinePlan& plan) {
    for (const auto& v : plan.vertebrae) {
        if (!v.thoracic()) continue;
        const float y = v.depth / 2, tip = v.process_tip, fall = v.number == 8 ? 0.8F : 1.2F;
        painter.bone(neck.placed(v.frame), {{-100, -70, -60}, {100, 40, 22}}, rib, [&](Point p) {
            const Point q{std::abs(p.x), p.y, p.z};
            const float sweep = v.number == 8 ? 0.0F : 14.0F;
            return chain(q,
                         {{v.width / 2 + 2.5F, y - 3, v.height / 2 - 4},
                          {tip - 1, y + 9.5F, 3},
                          {tip + 14 + sweep, y + 6, -3 * fall},
                          {tip + 24 + sweep, y - 12, -11 * fall},
                          {tip + 22 + sweep, y - 34, -22 * fall},
                          {tip + 6 + sweep, y - 56, -34 * fall}},
                         3.4F, {1, 1, 1.4F});
        });
    }
    const Frame frame = at(neck, plan, -90, 0);
    painter.bone(frame, {{-110, -90, -130}, {110, 10, -60}}, rib, [](Point p) {
        const Point q{std::abs(p.x), p.y, p.z};
        return chain(q, {{12, -62, -112}, {34, -66, -100}, {62, -50, -88}, {84, -30, -80}, {112, -22, -78}},
                     5.4F, {1, 1, 1});
    });
}

}  // namespace

void paint_other_bones(Canvas& canvas, const Frame& neck, const SpinePlan& plan, const NoiseField& noise,
                       Random& random) {
    const Painter painter{canvas, noise};
    const double turn = random.uniform(-0.05F, 0.05F);
    paint_jaw(painter, at(neck, plan, 35, turn));
    paint_throat(painter, at(neck, plan, -5, turn));
    paint_thorax(painter, neck, plan);
}

}  // namespace calcinode::phantom
