#include "analysis/spine/met_landmarks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "analysis/spine/ribs.hpp"

namespace calcinode::spine {
namespace {

constexpr double most_deviations = 2.5;  // from a landmark, to say that the chain meets it

// Height of the disc below a vertebra, if the chain has it.
std::optional<double> disc_below(const Chain& chain, int level) {
    const int n = level - chain.first_level;
    if (n < 0 || n >= static_cast<int>(chain.discs.size())) return std::nullopt;
    return chain.discs[static_cast<std::size_t>(n)];
}

// Height of a vertebra's middle; where only one of its discs is in view, from that and the usual height.
std::optional<double> middle_of(const Chain& chain, int level) {
    const auto above = disc_below(chain, level - 1), below = disc_below(chain, level);
    if (above && below) return (*above + *below) / 2;
    if (below) return *below - usual_spacing_mm(level) / 2;
    if (above) return *above + usual_spacing_mm(level) / 2;
    return std::nullopt;
}

// From T8 down to T12 the spinous processes turn from steep to level: the lower end of the thorax where the
// lowest rib can't be told, since no vertebra below is in view.
bool falls_then_levels(const Evidence& evidence, const Chain& chain) {
    constexpr double steep_deg = 45, level_deg = 25;
    const auto slope = [&](int level) {
        const auto s = middle_of(chain, level);
        const bool in_view = s && *s >= 0 && *s < static_cast<double>(evidence.spinous.size());
        const auto seen = in_view ? evidence.spinous[static_cast<std::size_t>(*s)] : SpinousSlope{};
        return seen.clearness > 0 ? seen.degrees : std::numeric_limits<double>::quiet_NaN();
    };
    return (slope(t12 - 5) + slope(t12 - 4) + slope(t12 - 3)) / 3 > steep_deg && slope(t12) < level_deg;
}

}  // namespace

std::vector<Landmark> met_landmarks(const Frame& frame, const Landmarks& seen, const Evidence& evidence,
                                    const Chain& chain) {
    std::vector<Landmark> met;
    const auto add = [&](const char* landmark, int level, std::optional<double> s) {
        if (s)
            met.push_back({landmark, std::string(level_names[static_cast<std::size_t>(level)]),
                           frame.to_lps({*s, 0, 0})});
    };
    const auto at = [](std::optional<double> s, const Place& place) {
        return s && std::abs(*s - place.s) <= most_deviations * place.sd_mm;
    };
    const auto at_any = [&](std::optional<double> s, const std::vector<Place>& places) {
        return std::ranges::any_of(places, [&](const Place& place) { return at(s, place); });
    };
    const auto c2_c3 = disc_below(chain, c2), t1_middle = middle_of(chain, t1),
               t12_middle = middle_of(chain, t12);
    if (seen.occiput && at(c2_c3, evidence.disc_c2_c3.front())) add("skull base", c1, seen.occiput);
    if (seen.dens && at(c2_c3, evidence.disc_c2_c3.back()))
        add("dens", c1, seen.dens);
    else if (at_any(c2_c3, evidence.disc_c2_c3_by_atlas))
        add("width of the atlas", c1, c2_c3.transform([](double s) { return s - c1_above_disc_mm; }));
    if (seen.first_rib && at(t1_middle, evidence.t1.front())) add("first rib", t1, t1_middle);
    if (seen.lung_apex && at(t1_middle, evidence.t1.back())) add("lung apex", t1, seen.lung_apex);
    const auto rib_hu = [&](std::optional<double> s) {
        const bool in_view = s && *s >= 0 && *s < static_cast<double>(evidence.rib_hu.size());
        return in_view ? evidence.rib_hu[static_cast<std::size_t>(*s)]
                       : std::numeric_limits<double>::quiet_NaN();
    };
    if (rib_hu(t12_middle) > even_contrast_hu && rib_hu(middle_of(chain, l1)) < even_contrast_hu)
        add("lowest rib", t12, t12_middle);
    if (falls_then_levels(evidence, chain)) add("level spinous processes", t12, t12_middle);
    if (evidence.disc_l4_l5 && at(disc_below(chain, l4), *evidence.disc_l4_l5))
        add("iliac crest", l4, seen.iliac_crest);
    return met;
}

}  // namespace calcinode::spine
