#include "analysis/spine/levels.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <optional>

#include "analysis/spine/bodies.hpp"

namespace calcinode::spine {
namespace {

constexpr double c1_above_disc_mm = 27, dens_misfit_mm = 12;  // of the disc C2/C3
constexpr double c1_half_height_mm = 8;
// A body at the end of the view is given while its middle is in view, or no more than this outside.
constexpr double partly_out_mm = 4;
constexpr double most_deviations = 2.5;                     // from a landmark, to say that the chain meets it
constexpr double sure_with_landmark = 0.7, never_sure = 2;  // probability from which on a name is given
constexpr double worth_naming = 0.1;                        // as an alternative

using Names = std::array<double, levels>;

// Of the vertebra `by` places below the one that `names` is of.
Names shifted(const Names& names, int by) {
    Names out{};
    for (int level = 0; level < levels; ++level)
        if (level + by >= 0 && level + by < levels)
            out[static_cast<std::size_t>(level + by)] = names[static_cast<std::size_t>(level)];
    return out;
}

// The names if the count may be one too many or one too few.
Names doubted(const Names& names) {
    constexpr double as_counted = 0.5, one_off = 0.25;
    const auto lower = shifted(names, 1), upper = shifted(names, -1);
    Names out{};
    for (std::size_t level = 0; level < names.size(); ++level)
        out[level] = as_counted * names[level] + one_off * (lower[level] + upper[level]);
    return out;
}

void name(Vertebra& vertebra, const Names& names, double sure) {
    std::vector<LevelAlternative> likely;
    for (int level = 0; level < levels; ++level)
        if (const double p = names[static_cast<std::size_t>(level)]; p >= worth_naming)
            likely.push_back({std::string(level_names[static_cast<std::size_t>(level)]), p});
    std::ranges::stable_sort(likely, std::greater{}, &LevelAlternative::probability);
    vertebra.level = uncertain_level;
    vertebra.confidence = likely.empty() ? 0 : likely[0].probability;
    if (vertebra.confidence >= sure)
        vertebra.level = likely[0].level;
    else
        vertebra.alternatives = std::move(likely);
}

// C1 has no body: what stands for it is the dens between its masses.
Vertebra atlas(const Frame& frame, const Vertebra& axis, double s) {
    Vertebra v;
    const double depth = frame.to_curved(axis.body).v;
    v.body = v.upper_endplate = v.lower_endplate = frame.to_lps({s, 0, depth});
    v.canal = frame.to_lps({s, 0, 0});
    const auto& station = frame.station(std::max(0, static_cast<int>(s)));
    v.down = station.down, v.left = station.left, v.back = station.back;
    return v;
}

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

struct Unnamed {
    Vertebra vertebra;
    Names names;
};

// C2, with its dens, and C1 above the disc C2/C3.
void add_axis_and_atlas(std::vector<Unnamed>& all, const Chain& chain, const Frame& frame,
                        const Straight& straight, std::optional<double> dens) {
    const double disc = chain.discs.front();
    const Vertebra axis = measure_c2(frame, straight, disc);
    const bool fits = dens && std::abs(disc - *dens - c1_below_dens_mm - c1_above_disc_mm) <= dens_misfit_mm;
    const double s = fits ? *dens + c1_below_dens_mm : disc - c1_above_disc_mm;
    if (s > -c1_half_height_mm) all.push_back({atlas(frame, axis, s), shifted(chain.names[0], -1)});
    all.push_back({axis, chain.names[0]});
}

// Whether the scan shows what is within a few millimetres of the body's middle: not air, which stands for all
// that is outside of it.
bool shown(const Vertebra& vertebra, const Frame& frame, const Straight& straight) {
    constexpr int least_hu = -300, near_mm = 5, half_width = 3;
    const auto middle = Straight::index(frame.to_curved(vertebra.body));
    const auto& block = straight.hu;
    const auto i = static_cast<int>(std::lround(middle[0])), j = static_cast<int>(std::lround(middle[1]));
    for (int k = static_cast<int>(middle[2]) - near_mm; k <= middle[2] + near_mm; ++k)
        for (int u = -half_width; u <= half_width; u += half_width) {
            const bool inside = k >= 0 && k < block.size[2] && j >= 0 && j < block.size[1] && i + u >= 0 &&
                                i + u < block.size[0];
            if (inside && block.values[block.offset(i + u, j, k)] > least_hu) return true;
        }
    return false;
}

std::vector<Unnamed> vertebrae_of(const Chain& chain, const Frame& frame, const Straight& straight,
                                  std::optional<double> dens) {
    std::vector<Unnamed> all;
    const auto add = [&](double upper, double lower, const Names& names, BodyEnd above = BodyEnd::disc,
                         BodyEnd below = BodyEnd::disc) {
        all.push_back({measure_body(frame, straight, upper, lower, above, below), names});
    };
    const double first = chain.discs.front(), last = chain.discs.back();
    const double first_height = chain.first_level == c2 ? 0 : usual_spacing_mm(chain.first_level);
    if (chain.first_level == c2)
        add_axis_and_atlas(all, chain, frame, straight, dens);
    else if (first >= first_height / 2 - partly_out_mm)
        add(first - first_height, first, chain.names[0], BodyEnd::given);
    for (std::size_t n = 1; n < chain.discs.size(); ++n)
        add(chain.discs[n - 1], chain.discs[n], chain.names[n]);
    const int below = chain.first_level + static_cast<int>(chain.discs.size());
    const double height = usual_spacing_mm(std::min(below, l5));
    if (last + height / 2 < frame.length() + partly_out_mm)
        add(last, last + height, shifted(chain.names.back(), 1), BodyEnd::disc, BodyEnd::given);
    std::erase_if(all, [&](const Unnamed& one) { return !shown(one.vertebra, frame, straight); });
    return all;
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

// In the thorax and below, pedicles stand so high on their bodies that they draw a disc found by them upward:
// there the endplates alone tell its height.
void settle_discs(Chain& chain, const Evidence& evidence) {
    constexpr int farthest_mm = 7;
    constexpr double far_cost = 1, worth_moving = 0.3;  // at farthest_mm and anywhere, in the dip's units
    constexpr int first_level = t1 + 1;
    const int n = static_cast<int>(evidence.disc_dip.size());
    for (std::size_t d = 0; d < chain.discs.size(); ++d) {
        if (chain.first_level + static_cast<int>(d) < first_level) continue;
        const int from = chain.discs[d];
        double most = evidence.disc_dip[static_cast<std::size_t>(from)] + worth_moving;
        for (int s = std::max(0, from - farthest_mm); s <= std::min(n - 1, from + farthest_mm); ++s) {
            const double off = static_cast<double>(s - from) / farthest_mm;
            const double value = evidence.disc_dip[static_cast<std::size_t>(s)] - far_cost * off * off;
            if (value > most) most = value, chain.discs[d] = s;
        }
    }
}

// The landmarks that the chain meets: those by which its names hold. Head end first.
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

// Where the chain had to put a disc although nothing looks like one there, the count across it may be wrong:
// the names beyond it, as seen from the nearest landmark, are doubted.
void doubt_names(Chain& chain, const Evidence& evidence, const std::vector<Landmark>& met,
                 const Frame& frame) {
    constexpr double no_disc_nats = -2.5;
    for (std::size_t d = 0; d < chain.discs.size(); ++d) {
        const int s = chain.discs[d];
        if (evidence.disc[static_cast<std::size_t>(s)] > no_disc_nats) continue;
        const bool from_above = !met.empty() && frame.to_curved(met.front().place).s < static_cast<double>(s);
        // names[n] is of the vertebra above disc n.
        const std::size_t first = from_above ? d + 1 : 0, last = from_above ? chain.names.size() : d + 1;
        for (std::size_t n = first; n < last; ++n) chain.names[n] = doubted(chain.names[n]);
        return;
    }
}

// The parts of the spine in view: those to which a vertebra belongs whatever its name.
std::vector<std::string> regions_of(const std::vector<Unnamed>& vertebrae) {
    struct Region {
        const char* name;
        int first, last;
    };
    constexpr std::array<Region, 4> regions{
        {{"cervical", c1, c7}, {"thoracic", t1, t12}, {"lumbar", l1, l5}, {"sacral", s1, s1}}};
    constexpr double beyond_doubt = 0.8;
    std::vector<std::string> in_view;
    for (const auto& region : regions)
        if (std::ranges::any_of(vertebrae, [&](const Unnamed& unnamed) {
                double sum = 0;
                for (int level = region.first; level <= region.last; ++level)
                    sum += unnamed.names[static_cast<std::size_t>(level)];
                return sum >= beyond_doubt;
            }))
            in_view.emplace_back(region.name);
    return in_view;
}

}  // namespace

Spine find_levels(const Frame& frame, const Straight& straight, const Ribs& ribs,
                  const Landmarks& landmarks) {
    const auto evidence = evidence_of(straight, ribs, landmarks);
    auto chain = likeliest_chain(evidence);
    Spine spine;
    if (chain.discs.empty()) return spine;
    spine.landmarks = met_landmarks(frame, landmarks, evidence, chain);
    doubt_names(chain, evidence, spine.landmarks, frame);
    settle_discs(chain, evidence);
    const double sure = spine.landmarks.empty() ? never_sure : sure_with_landmark;
    auto vertebrae = vertebrae_of(chain, frame, straight, landmarks.dens);
    spine.regions = regions_of(vertebrae);
    for (auto& [vertebra, names] : vertebrae) {
        name(vertebra, names, sure);
        spine.vertebrae.push_back(std::move(vertebra));
    }
    return spine;
}

// Along the canal. In front of it and in it, straight across; behind it, where an axial image at that height
// meets the canal: that is how the level of a mass behind the spine is read and told, and where a neck bends
// the two are a level apart.
double height_of(LpsPoint point, const Frame& frame) {
    const auto at = frame.to_curved(point);
    if (at.v <= 0) return at.s;
    int nearest = 0;
    double least = std::numeric_limits<double>::infinity();
    for (int s = 0; s < frame.length(); ++s)
        if (const double apart = std::abs(frame.station(s).centre.z - point.z); apart < least)
            least = apart, nearest = s;
    return nearest;
}

void name_levels(Deposit& deposit, const Spine& spine, const Frame& frame) {
    deposit.level = uncertain_level;
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
        deposit.alternatives = v->alternatives;
    }
    const double half = deposit.long_axis_mm / 2;
    for (const auto& v : spine.vertebrae) {
        const double s = frame.to_curved(v.canal).s;
        const bool reached = s > middle - half && s < middle + half;
        if ((reached || v.level == deposit.level) && v.level != uncertain_level)
            deposit.levels.push_back(v.level);
    }
    if (deposit.levels.empty()) deposit.levels.push_back(deposit.level);
}

}  // namespace calcinode::spine
