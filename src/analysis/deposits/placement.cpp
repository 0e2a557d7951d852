#include "analysis/deposits/placement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace calcinode::deposits {
namespace {

constexpr double width_of_depth = 0.62;  // half of a body's width by its depth, neck to loin
constexpr double narrowest_mm = 9, widest_mm = 23;
constexpr double midline_mm = 7, midline_from_mm = 8;  // spinous processes, from the laminae on
constexpr double canal_mm = 8, canal_front_mm = -7, canal_back_mm = 7;
constexpr double body_from_mm = -8;  // in front of the canal's middle: behind it are pedicles and canal
constexpr double rim_mm = 3;         // of a body: endplates' edges and osteophytes
// A foramen of the neck: so far back and beside the body that no osteophyte of it reaches there. In 355
// volumes all ten masses there whose evidence came near to that of deposits were some; further to the front,
// of some thirty none was.
constexpr double foramen_from_mm = -12, foramen_beside_mm = 5;
constexpr double uncinate_to_mm = -5.5, uncinate_beside_mm = 2.5;  // behind a body's corner, and beside it
constexpr double below_plate_mm = 4;
constexpr double first_levels_mm = 45;  // below the skull

Region region_of(const Vertebra& vertebra, const spine::SpineInView& seen) {
    const char first = vertebra.level.empty() ? 'u' : vertebra.level.front();
    if (first == 'C') return Region::cervical;
    if (vertebra.level == "T12" || first == 'L' || first == 'S') return Region::lumbar;
    if (first == 'T') return Region::thoracic;
    // A name that is not sure: by the likeliest.
    if (!vertebra.alternatives.empty()) {
        Vertebra named = vertebra;
        named.level = vertebra.alternatives.front().level;
        named.alternatives.clear();
        return region_of(named, seen);
    }
    return Region::thoracic;
}

// By its height below the skull; where none is in view by the name of the vertebra beside it.
bool is_beside_first_levels(const spine::CurvedPoint& at, const Vertebra* nearest,
                            const spine::SpineInView& seen) {
    if (seen.skull_s) return at.s - *seen.skull_s < first_levels_mm;
    return nearest != nullptr && (nearest->level == "C1" || nearest->level == "C2");
}

Zone zone_of(const spine::CurvedPoint& at, const Placement& placement) {
    const double side = std::abs(at.u);
    if (at.v < body_from_mm) {
        if (placement.behind_front_mm <= 1) return Zone::in_front;
        if (placement.region == Region::cervical && at.v > foramen_from_mm &&
            side > placement.half_width_mm + foramen_beside_mm)
            return Zone::beside;
        const bool inside = placement.behind_front_mm > rim_mm && side < placement.half_width_mm - 2;
        return inside ? Zone::body : Zone::at_body;
    }
    if (placement.region == Region::cervical && at.v < uncinate_to_mm && side >= canal_mm &&
        side < placement.half_width_mm + uncinate_beside_mm)
        return Zone::uncinate;
    if (in_canal(at)) return Zone::canal;
    return side < midline_mm && at.v > midline_from_mm ? Zone::midline : Zone::beside;
}

}  // namespace

bool in_canal(const spine::CurvedPoint& at) {
    return std::abs(at.u) < canal_mm && at.v > canal_front_mm && at.v < canal_back_mm;
}

Placement placement_of(const spine::CurvedPoint& at, const spine::SpineInView& seen) {
    Placement placement;
    if (seen.skull_s) placement.below_skull_mm = at.s - *seen.skull_s;
    const Vertebra* nearest = nullptr;
    double least = std::numeric_limits<double>::infinity();
    for (const auto& vertebra : seen.spine.vertebrae) {
        const auto body = seen.frame.to_curved(vertebra.body);
        if (vertebra.level == "S1")
            placement.sacral = at.s > seen.frame.to_curved(vertebra.upper_endplate).s + below_plate_mm;
        if (const double apart = std::abs(body.s - at.s); apart < least) {
            least = apart;
            nearest = &vertebra;
            placement.behind_front_mm = at.v - (body.v - vertebra.depth_mm / 2);
        }
    }
    if (nearest != nullptr) {
        placement.region = region_of(*nearest, seen);
        placement.half_width_mm = std::clamp(width_of_depth * nearest->depth_mm, narrowest_mm, widest_mm);
    }
    placement.first_levels = is_beside_first_levels(at, nearest, seen);
    placement.zone = zone_of(at, placement);
    return placement;
}

}  // namespace calcinode::deposits
