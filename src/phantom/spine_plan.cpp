#include "phantom/spine_plan.hpp"

#include "phantom/shapes.hpp"

namespace calcinode::phantom {
namespace {

// Mean adult sizes in mm: orientation from published morphometry of the cervical and upper thoracic spine.
// `lean` is the backward tilt of the body's axis in degrees, which makes the lordosis.
struct Size {
    std::string_view level;
    float width, depth, height, disc, canal_width, canal_depth, pillar_x, process_tip, spinous, droop, facet,
        lean;
};
constexpr std::array<Size, 10> sizes{{
    {"C1", 30, 12, 12, 2, 27, 24, 19, 38, 3, 0, 8, 9},
    {"C2", 18, 15, 21, 4.6F, 23.5F, 17, 18.5F, 26, 19, 16, 42, 10},
    {"C3", 17.2F, 14.8F, 13.6F, 5, 23, 14.4F, 19, 26, 15, 18, 42, 8},
    {"C4", 17.6F, 15, 13.2F, 5, 23.2F, 14.2F, 19.4F, 27, 16, 18, 43, 2},
    {"C5", 18.2F, 15.2F, 12.8F, 5.2F, 23.8F, 14.2F, 20, 28, 18, 20, 45, -4},
    {"C6", 19.6F, 15.8F, 13, 5.4F, 24, 14.4F, 20.4F, 30, 25, 22, 49, -10},
    {"C7", 22, 16.4F, 14.6F, 5, 23.4F, 14.6F, 20, 35, 33, 24, 56, -16},
    {"T1", 25, 17.2F, 16.4F, 4.4F, 20.6F, 15, 16.5F, 37, 36, 30, 63, -21},
    {"T2", 26, 18.2F, 17.4F, 4.2F, 18, 15, 14.5F, 34, 35, 38, 68, -23},
    {"T3", 26, 19.4F, 18.2F, 4.4F, 17, 15.2F, 13.5F, 32, 35, 44, 70, -21},
}};
constexpr std::size_t c2 = 1, c3 = 2, c4 = 3;

VertebraPlan sized(const Size& size, int number, Random& random) {
    VertebraPlan v;
    v.level = size.level;
    v.number = number;
    v.width = size.width * random.about_one(0.04F);
    v.depth = size.depth * random.about_one(0.04F);
    v.height = size.height * random.about_one(0.03F);
    v.disc = size.disc * random.about_one(0.12F);
    v.canal_width = size.canal_width * random.about_one(0.03F);
    v.canal_depth = size.canal_depth * random.about_one(0.04F);
    for (auto& x : v.pillar_x) x = size.pillar_x + random.uniform(-0.7F, 0.7F);
    v.process_tip = size.process_tip * random.about_one(0.04F);
    v.spinous_length = size.spinous * random.about_one(0.08F);
    v.spinous_droop = (size.droop + random.uniform(-4, 4)) * static_cast<float>(degree);
    v.spinous_aside = random.uniform(-5, 5) * static_cast<float>(degree);
    v.noise_phase = random.uniform(0, 30);
    const auto lean = (size.lean + random.uniform(-1.5F, 1.5F)) * degree;
    v.frame = Frame{}.turned(lean, random.uniform(-1.5F, 1.5F) * degree, random.uniform(-2, 2) * degree);
    return v;
}

// Stacks the vertebrae from C4 up and down; each disc stands across the mean of its neighbours' axes.
void stack(std::vector<VertebraPlan>& v, double slip_mm) {
    const auto step = [](const VertebraPlan& upper, const VertebraPlan& lower) {
        const Vec3 across = unit(upper.frame.axis[2] + lower.frame.axis[2]);
        return upper.frame.axis[2] * (upper.height / 2.0) + across * static_cast<double>(upper.disc) +
               lower.frame.axis[2] * (lower.height / 2.0);
    };
    for (std::size_t n = c4; n-- > c2;) {
        v[n].frame.origin = v[n + 1].frame.origin + step(v[n], v[n + 1]);
        if (n == c3) v[n].frame.origin.y -= slip_mm;
    }
    for (std::size_t n = c4 + 1; n < v.size(); ++n)
        v[n].frame.origin = v[n - 1].frame.origin - step(v[n - 1], v[n]);
    // The ring of the atlas lies around the dens; its frame's origin is where the dens is.
    v[0].frame.origin = v[c2].frame.to_outer({0, -1.5F, v[c2].height / 2 + 11});
}

void join_facets(std::vector<VertebraPlan>& v, Random& random) {
    for (std::size_t n = c2; n < v.size(); ++n) {
        for (const std::size_t side : {left, right}) {
            const auto pillar = [&](const VertebraPlan& vertebra) {
                return vertebra.frame.to_outer(
                    {side_sign(side) * vertebra.pillar_x[side], vertebra.pillar_y(), -1});
            };
            const double angle = (sizes[n].facet + random.uniform(-4, 4)) * degree;
            const Vec3 facing = v[n].frame.axis[2] * std::cos(angle) + v[n].frame.axis[1] * std::sin(angle);
            const bool last = n + 1 == v.size();
            const Vec3 below = last ? pillar(v[n]) - v[n].frame.axis[2] * 21.0 : pillar(v[n + 1]);
            v[n].joint_below[side] = {(pillar(v[n]) + below) * 0.5, unit(facing)};
            if (!last) v[n + 1].joint_above[side] = v[n].joint_below[side];
        }
    }
}

// Linear between the vertebrae, by height of the given points.
template <class Get>
Point between(const std::vector<VertebraPlan>& v, float z, Get&& get) {
    Point upper = get(v[c2]);
    if (z >= upper.z) return {upper.x, upper.y, z};
    for (std::size_t n = c2 + 1; n < v.size(); ++n) {
        const Point lower = get(v[n]);
        if (z >= lower.z) {
            const float t = (z - lower.z) / (upper.z - lower.z);
            return {lower.x + t * (upper.x - lower.x), lower.y + t * (upper.y - lower.y), z};
        }
        upper = lower;
    }
    return {upper.x, upper.y, z};
}

Point narrow(Vec3 v) {
    return {static_cast<float>(v.x), static_cast<float>(v.y), static_cast<float>(v.z)};
}

}  // namespace

const VertebraPlan* SpinePlan::find(std::string_view level) const {
    for (const auto& v : vertebrae)
        if (v.level == level) return &v;
    return nullptr;
}

float SpinePlan::body_y(float z) const {
    return between(vertebrae, z, [](const VertebraPlan& v) { return narrow(v.frame.origin); }).y;
}

float SpinePlan::shift_x(float z) const {
    return between(vertebrae, z, [](const VertebraPlan& v) { return narrow(v.frame.origin); }).x;
}

Point SpinePlan::canal_at(float z) const {
    return between(vertebrae, z,
                   [](const VertebraPlan& v) { return narrow(v.frame.to_outer(v.canal_centre())); });
}

SpinePlan plan_spine(Random& random, double slip_mm) {
    SpinePlan plan;
    int number = 1;
    for (const auto& size : sizes) plan.vertebrae.push_back(sized(size, number++, random));
    stack(plan.vertebrae, slip_mm);
    join_facets(plan.vertebrae, random);
    return plan;
}

}  // namespace calcinode::phantom
