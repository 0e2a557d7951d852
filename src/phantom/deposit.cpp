#include "phantom/deposit.hpp"

#include <cmath>
#include <mutex>
#include <numbers>
#include <vector>

#include "phantom/vertebra.hpp"

namespace calcinode::phantom {
namespace {

constexpr float lowest_soft_tissue_hu = -250;  // below is air, and the edge of the skin

// The level set that grows: distance to the surface of a lobulated mass of unit size around the site.
class Mass {
  public:
    Mass(float radius, const NoiseField& noise, Random& random) : radius_(radius), noise_(noise) {
        for (auto& lobe : lobes_) {
            const float turn = random.uniform(0, 2 * std::numbers::pi_v<float>),
                        up = random.uniform(-0.9F, 0.9F);
            const float flat = std::sqrt(1 - up * up), out = radius * random.uniform(0.5F, 0.75F);
            lobe.centre = {out * flat * std::cos(turn), out * flat * std::sin(turn), 1.25F * out * up};
            lobe.radius = radius * random.uniform(0.4F, 0.62F);
        }
        phase_ = random.uniform(0, 30);
    }
    float operator()(Point p) const {
        float d = ellipsoid(p, {0.8F * radius_, 0.75F * radius_, 0.95F * radius_});
        for (const auto& lobe : lobes_) d = join(d, length(p - lobe.centre) - lobe.radius, 0.12F * radius_);
        return d + 0.05F * radius_ * noise_.at(p * (4 / radius_) + Point{phase_, phase_, 0});
    }

  private:
    struct Lobe {
        Point centre;
        float radius = 0;
    };
    float radius_, phase_ = 0;
    const NoiseField& noise_;
    std::array<Lobe, 7> lobes_{};
};

Point site_centre(const VertebraPlan& v, std::string_view site, float radius) {
    const std::size_t side = site.ends_with("right") ? right : left;
    const float s = side_sign(side), px = v.pillar_x[side];
    const float lamina = v.canal_y() + v.canal_depth / 2 + 3.5F;
    if (site.starts_with("facet")) return {s * (px + 4 + 0.55F * radius), v.pillar_y() + 3, -5};
    if (site.starts_with("paraspinal")) return {s * (px + 7 + 0.7F * radius), v.pillar_y() + 12, -4};
    if (site == "posterior") return {1.5F, lamina + v.spinous_length + 1 + 0.7F * radius, -8};
    if (site == "prevertebral") return {1, -v.depth / 2 - 1 - 0.3F * radius, 0};
    return {0.25F * v.canal_width, v.canal_y() + 0.2F * v.canal_depth, 0};  // canal
}

struct Candidate {
    std::size_t offset = 0;
    float distance = 0, room = 0;
};

float filled_mm3(const std::vector<Candidate>& candidates, float level, double voxel_mm3) {
    double sum = 0;
    for (const auto& c : candidates) sum += coverage(c.distance - level) * c.room;
    return static_cast<float>(sum * voxel_mm3);
}

}  // namespace

PhantomTruth::TrueDeposit paint_deposit(Canvas& canvas, const Frame& neck, const SpinePlan& plan,
                                        const NoiseField& noise, const DepositSpec& spec, Random& random) {
    PhantomTruth::TrueDeposit truth{spec, 0, {}};
    const VertebraPlan* v = plan.find(spec.level);
    if (v == nullptr || !(spec.volume_ml > 0)) return truth;
    const auto wanted = static_cast<float>(spec.volume_ml * 1000);
    const float radius = std::cbrt(wanted * 3 / (4 * std::numbers::pi_v<float>));
    Frame frame = neck.placed(v->frame);
    const Point centre = site_centre(*v, spec.site, radius);
    frame.origin = frame.to_outer(centre);
    const bool in_canal = spec.site == "canal";
    const Mass mass(in_canal ? radius * 0.7F : radius, noise, random);
    const float reach = 3 * radius + 8;

    std::vector<Candidate> candidates;
    std::mutex mutex;
    canvas.visit(frame, {{-reach, -reach, -reach}, {reach, reach, reach}}, [&](std::size_t offset, Point p) {
        if (canvas.hu[offset] < lowest_soft_tissue_hu || canvas.bone[offset] > 250) return;
        if (in_canal && canal_distance(*v, p + centre) > 0) return;
        const Candidate c{offset, mass(p), 1 - static_cast<float>(canvas.bone[offset]) / 255};
        const std::scoped_lock lock(mutex);
        candidates.push_back(c);
    });
    std::ranges::sort(candidates, {}, &Candidate::offset);  // the sums must not depend on the threads

    float low = -radius, high = 2 * reach;
    const double voxel = canvas.grid.voxel_mm3();
    for (int step = 0; step < 30; ++step) {
        const float middle = (low + high) / 2;
        (filled_mm3(candidates, middle, voxel) < wanted ? low : high) = middle;
    }
    Vec3 sum;
    double weight = 0;
    for (const auto& c : candidates) {
        const float part = coverage(c.distance - high) * c.room;
        if (part <= 0) continue;
        const auto plane =
            static_cast<std::size_t>(canvas.grid.size[0]) * static_cast<std::size_t>(canvas.grid.size[1]);
        const int k = static_cast<int>(c.offset / plane);
        const int j = static_cast<int>(c.offset % plane) / canvas.grid.size[0];
        const int i = static_cast<int>(c.offset % plane) % canvas.grid.size[0];
        const LpsPoint at = canvas.grid.to_lps(i, j, k);
        const Point q{static_cast<float>(at.x), static_cast<float>(at.y), static_cast<float>(at.z)};
        // Clumps of denser and less dense paste; their mean is what was asked for.
        const auto value =
            static_cast<float>(spec.hu) * (1 + 0.12F * noise.at(q * 0.35F) + 0.08F * noise.at(q * 0.9F));
        canvas.hu[c.offset] += part * (value - canvas.hu[c.offset]);
        sum = sum + at * static_cast<double>(part);
        weight += part;
    }
    truth.volume_mm3 = weight * voxel;
    if (weight > 0) truth.centroid = sum * (1 / weight);
    return truth;
}

}  // namespace calcinode::phantom
