#include "analysis/spine/levels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/spine/bodies.hpp"
#include "analysis/spine/discs.hpp"
#include "analysis/spine/skull.hpp"

namespace calcinode::spine {
namespace {

// From the lowest occiput to the disc C2/C3: 28 mm, sd 6, on the development necks; where only the line's end
// tells of the skull, less exactly.
constexpr double c2_c3_below_occiput_mm = 28, c2_c3_sd_mm = 8, c2_c3_sd_by_end_mm = 12;
constexpr double c2_c3_below_dens_mm = 29, dens_sd_mm = 5.5, c1_below_dens_mm = 3;
constexpr double c2_c3_below_atlas_mm = 22, atlas_sd_mm = 3.5;
constexpr double t1_below_first_rib_mm = 14, first_rib_sd_mm = 4.5;
constexpr double lung_apex_below_t1_mm = 5, lung_apex_sd_mm = 8;
constexpr double l5_s1_sd_mm = 8;
constexpr int necks_length_mm = 70;  // no first rib lies this close below the occiput

constexpr int rib_above_middle_mm = 11;  // ribs join at the body's upper half, T2 to T10 at its upper disc

// Between ribs the contrast falls to a third.
constexpr int join_from_mm = 11, join_to_mm = 4, period_mm = 14;
constexpr double least_rib_hu = 150, even_share = 0.6, most_join_nats = 2;

constexpr double usual_occiput_s =
    beyond_canal_mm + 20;  // where the line ends at the skull, but the occiput is out of view
constexpr double c2_height_mm = 21, c1_above_disc_mm = 28,
                 c1_half_height_mm = 8;  // of the disc C2/C3
// A body at the end of the view is given while its middle is in view, or no more than this outside.
constexpr double partly_out_mm = 4;
constexpr double sure = 0.75;         // from here on a name is given
constexpr double worth_naming = 0.1;  // as an alternative

double largest_contrast(const Ribs& ribs, int from, int to) {
    const int n = static_cast<int>(ribs.contrast_hu.size());
    double most = std::numeric_limits<double>::quiet_NaN();
    for (int s = std::max(0, from); s < std::min(n, to); ++s)
        if (const double contrast = ribs.contrast_hu[static_cast<std::size_t>(s)];
            !std::isnan(contrast) && !(most >= contrast))
            most = contrast;
    return most;
}

// Of the rib that a vertebra with its middle at each height would bear.
std::vector<double> rib_contrasts(const Ribs& ribs) {
    std::vector<double> hu;
    for (int middle = 0; middle < static_cast<int>(ribs.contrast_hu.size()); ++middle)
        hu.push_back(middle < rib_above_middle_mm / 2
                         ? std::numeric_limits<double>::quiet_NaN()
                         : largest_contrast(ribs, middle - rib_above_middle_mm, middle));
    return hu;
}

// That the ribs in view join a vertebra with its middle at each height rather than one higher or lower.
std::vector<double> rib_joins(const Ribs& ribs) {
    std::vector<double> nats;
    for (int middle = 0; middle < static_cast<int>(ribs.contrast_hu.size()); ++middle) {
        const double near = largest_contrast(ribs, middle - period_mm, middle + period_mm);
        double sum = 0;
        for (int s = middle - join_from_mm; s <= middle - join_to_mm; ++s)
            sum += s < 0 ? 0 : std::max(0.0, ribs.contrast_hu[static_cast<std::size_t>(s)]);
        const double share = sum / (join_from_mm - join_to_mm + 1) / near;
        const bool seen = middle >= join_from_mm && near > least_rib_hu && !std::isnan(share);
        nats.push_back(seen ? most_join_nats * std::clamp((share - even_share) / (1 - even_share), -1.0, 1.0)
                            : 0);
    }
    return nats;
}

Evidence gather(const Straight& straight, const Ribs& ribs, const LandmarkPlaces& seen) {
    Evidence evidence;
    evidence.disc = disc_evidence(straight);
    evidence.rib_hu = rib_contrasts(ribs);
    evidence.rib_joins = rib_joins(ribs);
    evidence.spinous = spinous_slopes(straight);
    if (seen.occiput)
        evidence.disc_c2_c3.push_back({*seen.occiput + c2_c3_below_occiput_mm, c2_c3_sd_mm});
    else if (seen.ends_at_skull)
        evidence.disc_c2_c3.push_back({beyond_canal_mm + c2_c3_below_occiput_mm, c2_c3_sd_by_end_mm});
    if (seen.dens) evidence.disc_c2_c3.push_back({*seen.dens + c2_c3_below_dens_mm, dens_sd_mm});
    for (const int border : seen.atlas_borders)
        evidence.disc_c2_c3_by_atlas.push_back({border + c2_c3_below_atlas_mm, atlas_sd_mm});
    if (seen.first_rib) evidence.t1.push_back({*seen.first_rib + t1_below_first_rib_mm, first_rib_sd_mm});
    if (seen.lung_apex) evidence.t1.push_back({*seen.lung_apex - lung_apex_below_t1_mm, lung_apex_sd_mm});
    if (seen.sacrum) evidence.disc_l5_s1 = Place{*seen.sacrum, l5_s1_sd_mm};
    return evidence;
}

using Names = std::array<double, levels>;

// Of the vertebra `by` places below the one that `names` is of.
Names shifted(const Names& names, int by) {
    Names out{};
    for (int level = 0; level < levels; ++level)
        if (level + by >= 0 && level + by < levels)
            out[static_cast<std::size_t>(level + by)] = names[static_cast<std::size_t>(level)];
    return out;
}

void name(Vertebra& vertebra, const Names& names) {
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

std::vector<Vertebra> vertebrae_of(const Chain& chain, const Frame& frame, const Straight& straight,
                                   std::optional<double> dens) {
    std::vector<Vertebra> all;
    const auto add = [&](double upper, double lower, const Names& names) {
        all.push_back(measure_body(frame, straight, upper, lower));
        name(all.back(), names);
    };
    const double first = chain.discs.front(), last = chain.discs.back();
    if (chain.first_level == c2) {
        const Vertebra axis = measure_body(frame, straight, std::max(0.0, first - c2_height_mm), first);
        const double s =
            dens && first - *dens > c2_height_mm ? *dens + c1_below_dens_mm : first - c1_above_disc_mm;
        if (s > -c1_half_height_mm) {
            all.push_back(atlas(frame, axis, s));
            name(all.back(), shifted(chain.names[0], -1));
        }
        all.push_back(axis);
        name(all.back(), chain.names[0]);
    } else if (const double height = usual_spacing_mm(chain.first_level);
               first >= height / 2 - partly_out_mm) {
        add(std::max(0.0, first - height), first, chain.names[0]);
    }
    for (std::size_t n = 1; n < chain.discs.size(); ++n)
        add(chain.discs[n - 1], chain.discs[n], chain.names[n]);
    const int below = chain.first_level + static_cast<int>(chain.discs.size());
    const double height = below == s1 ? usual_spacing_mm(l5) : usual_spacing_mm(below);
    if (last + height / 2 < frame.length() + partly_out_mm)
        add(last, std::min(last + height, frame.length() - 1.0), shifted(chain.names.back(), 1));
    return all;
}

const Vertebra* with_level(const std::vector<Vertebra>& vertebrae, std::string_view level) {
    const auto found = std::ranges::find(vertebrae, level, &Vertebra::level);
    return found == vertebrae.end() ? nullptr : &*found;
}

std::vector<Landmark> landmarks_of(const Frame& frame, const LandmarkPlaces& seen, const Ribs& ribs,
                                   const std::vector<Vertebra>& vertebrae) {
    std::vector<Landmark> landmarks;
    const auto add = [&](const char* landmark, int level, double s) {
        landmarks.push_back(
            {landmark, std::string(level_names[static_cast<std::size_t>(level)]), frame.to_lps({s, 0, 0})});
    };
    if (seen.occiput) add("skull base", c1, *seen.occiput);
    if (seen.dens) add("dens", c1, *seen.dens);
    if (seen.first_rib) add("first rib", t1, *seen.first_rib);
    const auto *last_ribbed = with_level(vertebrae, "T12"), *below = with_level(vertebrae, "L1");
    if (last_ribbed && below) {
        const auto contrasts = rib_contrasts(ribs);
        const auto at = [&](const Vertebra* v) {
            return contrasts[static_cast<std::size_t>(std::lround(frame.to_curved(v->body).s))];
        };
        if (at(last_ribbed) > even_contrast_hu && at(below) < even_contrast_hu)
            add("lowest rib", t12, frame.to_curved(last_ribbed->body).s);
    }
    if (seen.sacrum) add("sacrum", s1, *seen.sacrum);
    return landmarks;
}

}  // namespace

LandmarkPlaces find_landmarks(const Frame& /*frame*/, const Straight& straight, const Ribs& ribs,
                              bool ends_at_skull) {
    LandmarkPlaces seen;
    seen.ends_at_skull = ends_at_skull;
    if (const int s = lowest_occiput(straight); s >= 0) seen.occiput = s;
    if (seen.occiput || ends_at_skull)
        if (const int s =
                dens_behind_arch(straight, static_cast<int>(seen.occiput.value_or(usual_occiput_s)));
            s >= 0)
            seen.dens = s;
    seen.atlas_borders = atlas_borders(straight);
    const double neck = seen.occiput ? *seen.occiput + necks_length_mm : ends_at_skull ? necks_length_mm : 0;
    if (const auto s = first_rib_top(ribs, static_cast<int>(neck))) seen.first_rib = *s;
    if (ribs.lung_apex_s && *ribs.lung_apex_s > 2) seen.lung_apex = *ribs.lung_apex_s;
    return seen;
}

Spine find_levels(const Frame& frame, const Straight& straight, const Ribs& ribs,
                  const LandmarkPlaces& landmarks) {
    const auto chain = likeliest_chain(gather(straight, ribs, landmarks));
    Spine spine;
    if (chain.discs.empty()) return spine;
    spine.vertebrae = vertebrae_of(chain, frame, straight, landmarks.dens);
    spine.landmarks = landmarks_of(frame, landmarks, ribs, spine.vertebrae);
    return spine;
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
    const double middle = frame.to_curved(deposit.centroid).s;
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
