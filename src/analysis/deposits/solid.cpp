#include "analysis/deposits/solid.hpp"

namespace calcinode::deposits {
namespace {

constexpr double smoothing_mm = 0.8;    // takes the noise of a sharp kernel out of the extremes
constexpr int lowest_hu = 105;          // faint deposits start at 200; their rim and texture go below
constexpr double least_evenness = 0.5;  // lowest by highest: across a cortex it is far lower

}  // namespace

SolidTissue find_solid_tissue(const spine::Straight& straight, int threads) {
    SolidTissue tissue;
    tissue.smooth = kernels::gaussian(straight.hu, smoothing_mm, threads);
    tissue.lowest = kernels::erode(tissue.smooth, ball_mm, threads);
    tissue.highest = kernels::dilate(tissue.smooth, ball_mm, threads);
    tissue.solid.resize(tissue.smooth.values.size());
    for (std::size_t n = 0; n < tissue.solid.size(); ++n) {
        const int lowest = tissue.lowest.values[n];
        tissue.solid[n] = lowest >= lowest_hu && lowest >= least_evenness * tissue.highest.values[n];
    }
    return tissue;
}

}  // namespace calcinode::deposits
