#include "analysis/deposits/level_names.hpp"

#include <cmath>
#include <limits>

#include "analysis/spine/levels.hpp"

namespace calcinode::deposits {
namespace {

// Along the canal. In front of it and in it, straight across; behind it, where an axial image at that height
// meets the canal: that is how the level of a mass behind the spine is read and told, and where a neck bends
// the two are a level apart.
double height_of(LpsPoint point, const spine::Frame& frame) {
    const auto at = frame.to_curved(point);
    if (at.v <= 0) return at.s;
    int nearest = 0;
    double least = std::numeric_limits<double>::infinity();
    for (int s = 0; s < frame.length(); ++s)
        if (const double apart = std::abs(frame.station(s).centre.z - point.z); apart < least)
            least = apart, nearest = s;
    return nearest;
}

}  // namespace

void name_levels(Deposit& deposit, const Spine& spine, const spine::Frame& frame) {
    deposit.level = spine::uncertain_level;
    const auto nearest = [&](double s) -> const Vertebra* {
        constexpr double farthest_mm = 25;
        const Vertebra* best = nullptr;
        double distance_mm = farthest_mm;
        for (const auto& v : spine.vertebrae)
            if (const double d = std::abs(frame.to_curved(v.canal).s - s); d < distance_mm)
                distance_mm = d, best = &v;
        return best;
    };
    const double middle = height_of(deposit.centroid, frame);
    if (const auto* v = nearest(middle)) {
        deposit.level = v->level;
        deposit.level_confidence = v->confidence;
        deposit.alternatives = v->alternatives;
    }
    const double half = deposit.long_axis_mm / 2;
    for (const auto& v : spine.vertebrae) {
        const double s = frame.to_curved(v.canal).s;
        const bool reached = s > middle - half && s < middle + half;
        if ((reached || v.level == deposit.level) && v.level != spine::uncertain_level)
            deposit.levels.push_back(v.level);
    }
    if (deposit.levels.empty()) deposit.levels.push_back(deposit.level);
}

}  // namespace calcinode::deposits
