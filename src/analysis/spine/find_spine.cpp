#include "analysis/spine/find_spine.hpp"

#include <algorithm>

#include "analysis/spine/canal.hpp"
#include "analysis/spine/canal_area.hpp"
#include "analysis/spine/landmarks.hpp"
#include "analysis/spine/levels.hpp"
#include "analysis/spine/listhesis.hpp"
#include "analysis/spine/lung.hpp"
#include "analysis/spine/ribs.hpp"
#include "analysis/spine/symmetry.hpp"
#include "analysis/spine/trabecular.hpp"
#include "analysis/spine/vessels.hpp"

namespace calcinode::spine {
namespace {

std::vector<LpsPoint> centreline(const Canal& canal) {
    std::vector<LpsPoint> line;
    for (const auto& point : canal.points) line.push_back(point.centre);
    return line;
}

// Along the canal, from beside the upper endplate to beside the lower one.
std::pair<double, double> heights_of(const Vertebra& vertebra, const Frame& frame) {
    return {frame.to_curved(vertebra.upper_endplate).s, frame.to_curved(vertebra.lower_endplate).s};
}

}  // namespace

std::expected<SpineInView, Unfit> find_spine(const Volume& volume, int threads) {
    const auto canal = find_canal(volume, threads);
    if (!canal) return std::unexpected(canal.error());
    const Frame untwisted(canal->points, beyond_canal_mm);
    Straight straight = straighten(volume, untwisted, threads);
    Frame frame = untwisted.turned(axial_turn(straight, threads));
    straight = straighten(volume, frame, threads);

    const auto ribs = find_ribs(volume, frame, threads);
    const auto landmarks =
        find_landmarks(volume, frame, straight, ribs, find_lung(volume, frame), canal->ends_at_skull);
    Spine spine = find_levels(frame, straight, ribs, landmarks);
    spine.canal = centreline(*canal);
    spine.listhesis = find_listhesis(volume, spine.vertebrae);
    for (auto& vertebra : spine.vertebrae) {
        vertebra.trabecular_hu = trabecular_hu(volume, vertebra);
        const auto [from_s, to_s] = heights_of(vertebra, frame);
        vertebra.canal_area_mm2 = canal_area_mm2(straight, frame, from_s, to_s);
    }
    spine.contrast = vessels_opacified(volume, frame, threads);

    auto skull_s = landmarks.occiput;
    if (!skull_s && canal->ends_at_skull) skull_s = 0;
    const int first_judged_s = landmarks.occiput ? static_cast<int>(*landmarks.occiput) + 1 : 0;
    return SpineInView{std::move(spine), std::move(frame), std::move(straight), skull_s, first_judged_s};
}

}  // namespace calcinode::spine
