#include "analysis/spine/levels.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "analysis/spine/bodies.hpp"
#include "analysis/spine/met_landmarks.hpp"

namespace calcinode::spine {
namespace {

constexpr double dens_misfit_mm = 12;  // of the disc C2/C3
constexpr double c1_half_height_mm = 8;
// A body at the end of the view is given while its middle is in view, or no more than this outside.
constexpr double partly_out_mm = 4;
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

}  // namespace calcinode::spine
