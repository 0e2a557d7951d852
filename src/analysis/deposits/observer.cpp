#include "analysis/deposits/observer.hpp"

#include <algorithm>
#include <cmath>

namespace calcinode::deposits {
namespace {

using kernels::Block;

constexpr double massive_mm = 3;  // standard deviation of the surroundings
constexpr std::int16_t fat_hu = -100;
constexpr double near_mm = 1;          // what a reference shows so close by counts
constexpr double solid_near_mm = 2.5;  // a ball's radius, and the same
constexpr int ray_mm = 14;             // deposits are open to soft tissue within this, on one side at least
constexpr double denser_share = 1.25, denser_hu = 30;  // a deposit's own texture stays below this
constexpr double soft_share = 0.5;
constexpr int middle_mm = 6;

// The voxels along a ray, by steps from the one that it starts at.
using Ray = std::array<Place, static_cast<std::size_t>(ray_mm)>;

// In 26 directions.
std::array<Ray, 26> all_around() {
    std::array<Ray, 26> rays{};
    std::size_t n = 0;
    for (int z = -1; z <= 1; ++z)
        for (int y = -1; y <= 1; ++y)
            for (int x = -1; x <= 1; ++x) {
                if (x == 0 && y == 0 && z == 0) continue;
                const Vec3 d = unit({static_cast<double>(x), static_cast<double>(y), static_cast<double>(z)});
                for (int t = 1; t <= ray_mm; ++t) {
                    const auto step = [t](double along) { return static_cast<int>(std::lround(along * t)); };
                    rays[n][static_cast<std::size_t>(t - 1)] = {step(d.x), step(d.y), step(d.z)};
                }
                ++n;
            }
    return rays;
}
const std::array<Ray, 26> rays = all_around();

// Up to four values, in ascending order, of which some are not in view.
class FewValues {
  public:
    void add(double value) {
        std::size_t n = count_++;
        for (; n > 0 && values_[n - 1] > value; --n) values_[n] = values_[n - 1];
        values_[n] = value;
    }
    double median() const {
        if (count_ == 0) return not_in_view;
        const std::size_t half = count_ / 2;
        return count_ % 2 == 1 ? values_[half] : (values_[half - 1] + values_[half]) / 2;
    }

  private:
    std::array<double, 4> values_{};
    std::size_t count_ = 0;
};

// Air beside a place says nothing of how massive it is: in front of the neck it hid what is. It counts as
// fat.
Block without_air(Block block) {
    for (auto& hu : block.values) hu = std::max(hu, fat_hu);
    return block;
}

}  // namespace

Observer::Observer(const SolidTissue& tissue, const spine::SpineInView& seen, int threads)
    : tissue_(tissue),
      surroundings_(kernels::gaussian(without_air(tissue.smooth), massive_mm, threads)),
      near_(kernels::dilate(tissue.smooth, near_mm, threads)),
      solid_near_(kernels::dilate(tissue.lowest, solid_near_mm, threads)),
      references_(find_references(tissue.smooth, seen, threads)) {}

FeatureValues Observer::features_at(Place place) const {
    auto values = features_if_open(place);
    set_open_share(values, place);
    return values;
}

std::optional<FeatureValues> Observer::features_if(Place place, double least) const {
    auto values = features_if_open(place);
    if (log_odds(values) < least) return {};
    set_open_share(values, place);
    return values;
}

void Observer::set_open_share(FeatureValues& values, Place place) const {
    const double density = tissue_.smooth.values[tissue_.smooth.offset(place[0], place[1], place[2])];
    values[static_cast<std::size_t>(Feature::open)] = open_share(place, density);
}

FeatureValues Observer::features_if_open(Place place) const {
    const auto at = tissue_.smooth.offset(place[0], place[1], place[2]);
    const double density = tissue_.smooth.values[at];
    const auto likeness = likeness_at(place, density);
    FeatureValues values{};
    const auto set = [&](Feature feature, double value) {
        values[static_cast<std::size_t>(feature)] = value;
    };
    set(Feature::open, 1);  // at best: to look around takes longest
    set(Feature::massive, surroundings_.values[at] / density);
    set(Feature::even,
        tissue_.lowest.values[at] / std::max(1.0, static_cast<double>(tissue_.highest.values[at])));
    set(Feature::dense, density);
    set(Feature::unlike_other_side, likeness.other_side);
    set(Feature::unlike_neighbours, likeness.neighbours);
    set(Feature::solid_neighbours, likeness.solid_neighbours);
    return values;
}

Observer::Likeness Observer::likeness_at(Place place, double density) const {
    FewValues near, solid;
    const auto look = [&](const std::optional<Place>& like) {
        if (!like) return;
        near.add(share(near_, *like, density));
        solid.add(share(solid_near_, *like, density));
    };
    for (const auto& neighbour : {references_.above.of(place), references_.below.of(place)}) {
        look(neighbour);
        if (neighbour) look(references_.mirror.of(*neighbour));
    }
    // Close to the middle a thing is its own mirror image.
    const bool beside = std::abs(place[0] - spine::half_width_mm) >= middle_mm;
    const auto mirrored = beside ? references_.mirror.of(place) : std::nullopt;
    return {mirrored ? share(near_, *mirrored, density) : not_in_view, near.median(), solid.median()};
}

double Observer::share(const Block& block, Place p, double density) const {
    return std::max<double>(block.values[block.offset(p[0], p[1], p[2])], 0) / density;
}

double Observer::open_share(Place place, double density) const {
    const auto& size = tissue_.smooth.size;
    const double denser = denser_share * density + denser_hu, soft = soft_share * density;
    const auto open = [&](const Ray& ray) {
        for (const auto& step : ray) {
            const Place at{place[0] + step[0], place[1] + step[1], place[2] + step[2]};
            for (std::size_t a = 0; a < 3; ++a)
                if (at[a] < 0 || at[a] >= size[a]) return false;
            const int hu = tissue_.smooth.values[tissue_.smooth.offset(at[0], at[1], at[2])];
            if (hu > denser) return false;
            if (hu < soft) return true;
        }
        return false;
    };
    return static_cast<double>(std::ranges::count_if(rays, open)) / static_cast<double>(rays.size());
}

}  // namespace calcinode::deposits
