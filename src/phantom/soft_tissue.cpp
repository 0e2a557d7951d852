#include "phantom/soft_tissue.hpp"

#include <cmath>
#include <vector>

#include "phantom/profile.hpp"

namespace calcinode::phantom {
namespace {

// One voxel's value while tissues are laid over each other.
struct Layers {
    float hu = air_hu;
    void over(float value, float d) { hu += coverage(d) * (value - hu); }
    // A thin plane of fat along a surface.
    void seam(float d, float half_width) { over(fat_hu + 25, std::abs(d) - half_width); }
};

float tilted_ellipse(float u, float v, float a, float b, float angle) {
    const float c = std::cos(angle), s = std::sin(angle);
    return ellipse(u * c + v * s, v * c - u * s, a, b);
}

// Outline of the body: half width and half depth around a centre, between ellipse and rectangle.
float outline(float u, float v, float a, float b) {
    const float r =
        std::pow(std::pow(std::abs(u / a), 2.4F) + std::pow(std::abs(v / b), 2.4F) + 1e-6F, 1 / 2.4F);
    return (r - 1) * std::min(a, b);
}

// How one person differs from the mean, left and right.
struct Habitus {
    std::array<float, 2> muscle{}, vessel{}, thyroid{};
    float fat = 1, airway = 1, girth = 1;
};

// Everything of one axial plane of the neck's frame that does not depend on x and y.
struct Section {
    float z = 0, spine_x = 0, spine_y = 0;
    Point canal;
    float half_width = 0, front = 0, back = 0, fat = 0;
    float airway_y = 0, airway_a = 0, airway_b = 0, visceral_a = 0, visceral_b = 0;
    float tongue = 0;
    float sternomastoid_x = 0, sternomastoid_y = 0;
    float lateral_muscle = 0, shoulder = 0, lung = 0;
};

Section section_at(float z, const SpinePlan& plan, const Habitus& habitus) {
    Section s;
    s.z = z;
    s.spine_x = plan.shift_x(z);
    s.spine_y = plan.body_y(z);
    s.canal = plan.canal_at(z);
    s.half_width = habitus.girth * along(z, {{90, 78},
                                             {60, 73},
                                             {40, 67},
                                             {22, 61},
                                             {0, 59},
                                             {-25, 60},
                                             {-42, 65},
                                             {-56, 80},
                                             {-68, 108},
                                             {-80, 150},
                                             {-115, 190}});
    s.front = along(
        z, {{90, 92}, {30, 92}, {21, 80}, {12, 60}, {2, 54}, {-20, 55}, {-45, 54}, {-65, 60}, {-110, 84}});
    s.back = along(z, {{90, 84}, {70, 76}, {45, 64}, {20, 60}, {-20, 61}, {-50, 66}, {-75, 72}, {-110, 76}});
    s.fat = habitus.fat * along(z, {{70, 4}, {20, 5}, {-40, 6}, {-70, 10}, {-110, 12}});
    s.airway_y =
        along(z, {{76, -23}, {55, -21}, {40, -20}, {20, -21}, {5, -25}, {-10, -30}, {-20, -31}, {-110, -33}});
    s.airway_a = habitus.airway * along(z, {{76, 13},
                                            {55, 10},
                                            {40, 12},
                                            {20, 13},
                                            {5, 11},
                                            {-8, 6},
                                            {-16, 2.6F},
                                            {-22, 2.6F},
                                            {-30, 7},
                                            {-45, 8.4F},
                                            {-110, 8.6F}});
    s.airway_b =
        habitus.airway *
        along(z, {{76, 8}, {55, 5}, {40, 6}, {20, 7}, {5, 8}, {-10, 9}, {-30, 9}, {-45, 8.2F}, {-110, 8}});
    s.visceral_a =
        along(z, {{76, 24}, {40, 22}, {15, 22}, {0, 20}, {-25, 17}, {-35, 14}, {-50, 11.2F}, {-110, 11}});
    s.visceral_b = along(
        z, {{76, 13}, {40, 12}, {15, 14}, {0, 16}, {-25, 16}, {-35, 13.5F}, {-50, 10.8F}, {-110, 10.4F}});
    s.tongue = along(z, {{80, 1.05F}, {45, 1}, {26, 0.85F}, {16, 0.4F}, {12, 0}});
    s.sternomastoid_x = along(z, {{75, 55}, {40, 52}, {15, 47}, {0, 43}, {-40, 33}, {-80, 21}, {-110, 14}});
    s.sternomastoid_y =
        along(z, {{75, 10}, {40, 3}, {15, -8}, {0, -16}, {-40, -31}, {-80, -43}, {-110, -52}});
    s.lateral_muscle = along(z, {{60, 0.7F}, {30, 0.9F}, {0, 1}, {-60, 1.15F}, {-110, 1.2F}});
    s.shoulder = ramp(-52, -78, z);
    s.lung = z < -88 ? std::sqrt(std::max(0.0F, 1 - (z + 132) * (z + 132) / (44 * 44.0F))) : 0;
    return s;
}

class Anatomy {
  public:
    Anatomy(const NoiseField& noise, const Habitus& habitus) : noise_(noise), habitus_(habitus) {}

    float hu(const Section& s, Point p) const {
        const float ripple = 1.6F * noise_.at(p * 0.045F);  // mm: nobody is an ellipse
        const float x = p.x - s.spine_x * 0.6F, y = p.y - s.spine_y;
        const float depth = (s.front + s.back) / 2, centre = (s.back - s.front) / 2;
        const float skin = outline(x, y - centre, s.half_width, depth) + ripple;
        if (skin > 1) return air_hu;
        Layers layers;
        layers.over(25, skin);
        const float texture = noise_.at(p * 0.12F);
        layers.over(fat_hu + 9 * texture, skin + 1.8F);
        const std::size_t side = x >= 0 ? left : right;
        const Point q{std::abs(x), y, p.z};
        back_muscles(layers, s, q, side, skin, ripple);
        lateral(layers, s, q, side, ripple);
        front_of_spine(layers, s, x, q, side);
        if (s.lung > 0) lungs(layers, s, q);
        canal(layers, s, p);
        return layers.hu;
    }

  private:
    float muscle(Point q) const {
        return muscle_hu + 7 * noise_.at(q * 0.2F) -
               22 * ramp(0.45F, 0.9F, noise_.at(Point{q.x, q.y, q.z * 0.25F} * 0.5F));
    }

    // Muscle from the spine to the fascia below the skin's fat, with the planes of fat between the layers.
    void back_muscles(Layers& layers, const Section& s, Point q, std::size_t side, float skin,
                      float ripple) const {
        const float size = habitus_.muscle[side];
        const float posterior_fat = s.fat * (1 + 0.9F * ramp(10, 45, q.y) * (1 - 0.5F * s.shoulder));
        const float fascia = skin + 1.8F + posterior_fat;
        // Muscles lie behind the prevertebral plane, which the shoulders push forward at the sides.
        const float plane = -4 + 0.10F * q.x - 16 * s.shoulder * ramp(45, 95, q.x);
        const float front = plane - q.y + 2.5F * ripple;
        const float arch = s.canal.y - s.spine_y + 10;  // the laminae
        const float reach = s.shoulder > 0.5F
                                ? -50
                                : ellipse(q.x, q.y - arch, (54 + 120 * s.shoulder) * s.lateral_muscle * size,
                                          54 + 30 * s.shoulder);
        const float all = meet(meet(fascia, front, 8), reach, 8) + 0.6F * ripple;
        layers.over(muscle(q), all);
        if (coverage(all) <= 0) return;
        layers.seam(tilted_ellipse(q.x - 11, q.y - arch - 7, 11 * size, 10.5F * size, 0.35F) + ripple * 0.5F,
                    0.35F);
        layers.seam(
            tilted_ellipse(q.x - 15, q.y - arch - 15, 15.5F * size, 12 * size, -0.25F) + ripple * 0.6F, 0.5F);
        layers.seam(tilted_ellipse(q.x - 20, q.y - arch - 13, 27 * size, 20.5F * size, -0.45F) + ripple,
                    0.55F);
        layers.seam(fascia + 4.2F * size, 0.4F);  // below trapezius
        layers.seam(tilted_ellipse(q.x - 37, q.y - 13, 7.5F * size, 13 * size, -0.5F),
                    0.6F);                                                         // levator scapulae
        layers.over(fat_hu + 35, q.x - 0.6F + ramp(arch + 8, arch + 2, q.y) * 3);  // nuchal septum
        const float interspace = ellipse(q.x - 36, q.y - 30, 5, 7) + ripple;
        layers.over(fat_hu, interspace);
    }

    void lateral(Layers& layers, const Section& s, Point q, std::size_t side, float ripple) const {
        const float size = habitus_.muscle[side] * s.lateral_muscle;
        layers.over(muscle(q),
                    tilted_ellipse(q.x - 28 * size, q.y + 2, 8 * size, 9.5F * size, 0.5F));  // scaleni
        layers.seam(tilted_ellipse(q.x - 28 * size, q.y + 2, 8.6F * size, 10 * size, 0.5F), 0.5F);
        layers.over(muscle(q), ellipse(q.x - 6.5F, q.y + 10, 6, 3.4F));  // longus colli
        const float angle = s.z > 0 ? -0.9F : -0.6F;
        const float strap = tilted_ellipse(q.x - s.sternomastoid_x, q.y - s.sternomastoid_y, 6.2F * size,
                                           14.5F * size, angle);
        layers.over(muscle(q), strap + 0.5F * ripple);
        layers.seam(strap - 0.6F, 0.45F);
        if (s.tongue > 0) {
            layers.over(muscle(q),
                        tilted_ellipse(q.x - 56, q.y + 32, 6.5F, 19 * s.tongue, 0.15F));  // masseter
            layers.over(muscle(q),
                        tilted_ellipse(q.x - 37, q.y + 33, 7.5F, 14 * s.tongue, -0.2F));     // pterygoid
            layers.over(-15 + 12 * noise_.at(q * 0.5F), ellipse(q.x - 56, q.y + 7, 9, 12));  // parotid
        }
        const float gland = ramp(36, 26, s.z) * ramp(8, 16, s.z);
        if (gland > 0) layers.over(38, ellipse(q.x - 33, q.y + 42, 9 * gland, 13 * gland));  // submandibular
    }

    void front_of_spine(Layers& layers, const Section& s, float x, Point q, std::size_t side) const {
        if (s.tongue > 0) {
            layers.over(48 + 8 * noise_.at(q * 0.3F), ellipse(x, q.y + 54, 26 * s.tongue, 27 * s.tongue));
            layers.seam(x, 0.5F * ramp(-30, -50, q.y));
        }
        layers.over(48, ellipse(x, q.y - s.airway_y, s.visceral_a, s.visceral_b));
        const float straps = ramp(8, 0, s.z);
        if (straps > 0) {  // infrahyoid muscles before the larynx
            layers.over(muscle(q),
                        tilted_ellipse(q.x - 10, q.y - s.airway_y + 15.5F, 10 * straps, 2.8F, -0.35F));
        }
        const float thyroid = ramp(-26, -40, s.z) * ramp(-72, -60, s.z) * habitus_.thyroid[side];
        if (thyroid > 0.1F)
            layers.over(112 + 10 * noise_.at(q * 0.4F), tilted_ellipse(q.x - 14.5F, q.y - s.airway_y - 2,
                                                                       7 * thyroid, 10.5F * thyroid, 0.2F));
        const float gullet = ramp(-20, -32, s.z);
        if (gullet > 0) {
            layers.over(42, ellipse(x - 2.5F, q.y - s.airway_y - 14.5F, 8.5F * gullet, 4.6F));
            layers.over(-250, ellipse(x - 3, q.y - s.airway_y - 14,
                                      1.4F * gullet * (0.6F + 0.4F * noise_.at(q * 0.1F)), 0.8F));
        }
        const float vessel = habitus_.vessel[side];
        const float out = 25 - 3.5F * ramp(-30, -80, s.z);
        layers.over(46, ellipse(q.x - out, q.y + 21, 3.6F * vessel, 3.6F * vessel));            // carotid
        layers.over(44, ellipse(q.x - out - 7.5F, q.y + 18.5F, 5.6F * vessel, 4.4F * vessel));  // jugular
        layers.over(44, ellipse(q.x - 14, q.y - 5, 2.2F, 2.2F));  // vertebral artery
        layers.over(110, std::abs(ellipse(x, q.y - s.airway_y, s.airway_a + 1.4F, s.airway_b + 1.4F)) -
                             0.8F * ramp(-32, -40, s.z));  // tracheal rings
        layers.over(air_hu, ellipse(x, q.y - s.airway_y, s.airway_a, s.airway_b));
    }

    void lungs(Layers& layers, const Section& s, Point q) const {
        const float lung = ellipse(q.x - 44, q.y + 4, 33 * s.lung, 42 * s.lung);
        layers.over(40, lung - 2.5F);
        layers.over(-860 + 50 * noise_.at(q * 0.4F), lung);
    }

    // Sac and cord; around them, where no bone is, epidural fat and ligament.
    void canal(Layers& layers, const Section& s, Point p) const {
        const float x = p.x - s.canal.x, y = p.y - s.canal.y;
        const float wall = ellipse(x, y, 13, 8.6F);
        layers.over(68, wall - 2);
        layers.over(fat_hu + 40, wall);
        layers.over(12, ellipse(x, y + 0.5F, 10.4F, 6.4F));
        layers.over(38, ellipse(x, y + 0.4F, 6.6F, 3.9F));
    }

    const NoiseField& noise_;
    Habitus habitus_;
};

Habitus some_body(Random& random) {
    Habitus h;
    for (const std::size_t side : {left, right}) {
        h.muscle[side] = random.about_one(0.07F);
        h.vessel[side] = random.about_one(0.2F);
        h.thyroid[side] = random.about_one(0.15F);
    }
    h.fat = random.uniform(0.8F, 1.4F);
    h.airway = random.about_one(0.1F);
    h.girth = random.about_one(0.03F);
    return h;
}

}  // namespace

void paint_soft_tissue(Canvas& canvas, const Frame& neck, const SpinePlan& plan, const NoiseField& noise,
                       Random& random) {
    const Habitus habitus = some_body(random);
    const Anatomy anatomy(noise, habitus);
    constexpr float lowest = -150, highest = 150, step = 0.5F;  // mm
    std::vector<Section> sections;
    for (float z = lowest; z <= highest; z += step) sections.push_back(section_at(z, plan, habitus));
    const Box everything{{-1000, -1000, lowest}, {1000, 1000, highest - 1}};
    canvas.visit(neck, everything, [&](std::size_t offset, Point p) {
        const auto n = static_cast<std::size_t>((p.z - lowest) / step);
        canvas.hu[offset] = anatomy.hu(sections[n], p);
    });
}

}  // namespace calcinode::phantom
