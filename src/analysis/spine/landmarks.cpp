#include "analysis/spine/landmarks.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analysis/spine/body_depth.hpp"
#include "analysis/spine/discs.hpp"
#include "analysis/spine/pelvis.hpp"
#include "analysis/spine/skull.hpp"

namespace calcinode::spine {
namespace {

// How far from a landmark what it names is, and how much that differs (one standard deviation): measured on
// 29 necks, a chest, an abdomen and 12 phantoms; of the crests after the source in pelvis.hpp.
constexpr double c2_c3_below_occiput_mm = 28, occiput_sd_mm = 8, line_end_sd_mm = 12;
constexpr double most_occiput_nats = 3;  // the head nods
constexpr double atlas_from_dens_mm = -2,
                 atlas_to_dens_mm = 22;  // C1's processes end beside or below the dens
constexpr double c2_c3_below_dens_mm = 29, dens_sd_mm = 5.5;
constexpr double c2_c3_below_atlas_mm = 22, atlas_sd_mm = 3.5;
constexpr double t1_below_first_rib_mm = 14, first_rib_sd_mm = 4.5;
constexpr double lung_apex_below_t1_mm = 5, lung_apex_sd_mm = 8;
constexpr double l4_l5_below_crest_mm = 8, crest_sd_mm = 14;

constexpr double pelvis_mm = 60;  // no first rib lies this close above the iliac crests
constexpr int neck_mm = 70;       // no first rib lies this close below the occiput
// Where the line ends at the skull, but the occiput is out of view.
constexpr double usual_occiput_s = beyond_canal_mm + 20;

constexpr int rib_above_middle_mm = 11;  // ribs join at the body's upper half, T2 to T10 at its upper disc
// Between ribs the contrast falls to a third.
constexpr int join_from_mm = 11, join_to_mm = 4, period_mm = 14;
constexpr double least_rib_hu = 150, even_share = 0.6, most_join_nats = 2;

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

}  // namespace

Landmarks find_landmarks(const Volume& volume, const Frame& frame, const Straight& straight, const Ribs& ribs,
                         const Lung& lung, bool ends_at_skull) {
    Landmarks seen;
    seen.ends_at_skull = ends_at_skull;
    if (const int s = lowest_occiput(straight); s >= 0) seen.occiput = s;
    if (seen.occiput || ends_at_skull)
        if (const int s =
                dens_behind_arch(straight, static_cast<int>(seen.occiput.value_or(usual_occiput_s)));
            s >= 0)
            seen.dens = s;
    for (const int border : atlas_borders(straight))
        if (seen.dens ? border >= *seen.dens + atlas_from_dens_mm && border <= *seen.dens + atlas_to_dens_mm
                      : border >= seen.occiput.value_or(0))
            seen.atlas_borders.push_back(border);
    const double neck = seen.occiput ? *seen.occiput + neck_mm : ends_at_skull ? neck_mm : 0;
    if (const auto s = first_rib_top(ribs, lung, static_cast<int>(neck))) seen.first_rib = *s;
    if (lung.apex_s) seen.lung_apex = *lung.apex_s;
    // Broad bone beside lung is shoulder and ribs.
    const double trunk = std::max<double>(lung.base_s.value_or(0), seen.first_rib.value_or(0));
    if (const auto s = iliac_crest(volume, frame); s && *s > trunk) seen.iliac_crest = *s;
    // The sacrum's wings between the crests are not ribs.
    if (seen.iliac_crest && seen.first_rib && *seen.first_rib > *seen.iliac_crest - pelvis_mm)
        seen.first_rib.reset();
    return seen;
}

Evidence evidence_of(const Straight& straight, const Ribs& ribs, const Landmarks& seen) {
    Evidence evidence;
    auto discs = disc_evidence(straight);
    evidence.disc = std::move(discs.nats);
    evidence.disc_dip = std::move(discs.dip);
    evidence.rib_hu = rib_contrasts(ribs);
    evidence.rib_joins = rib_joins(ribs);
    evidence.depth_mm = body_depths(straight);
    evidence.spinous = spinous_slopes(straight);
    if (seen.occiput)
        evidence.disc_c2_c3.push_back(
            {*seen.occiput + c2_c3_below_occiput_mm, occiput_sd_mm, most_occiput_nats});
    else if (seen.ends_at_skull)
        evidence.disc_c2_c3.push_back(
            {beyond_canal_mm + c2_c3_below_occiput_mm, line_end_sd_mm, most_occiput_nats});
    if (seen.dens) evidence.disc_c2_c3.push_back({*seen.dens + c2_c3_below_dens_mm, dens_sd_mm});
    for (const int border : seen.atlas_borders)
        evidence.disc_c2_c3_by_atlas.push_back({border + c2_c3_below_atlas_mm, atlas_sd_mm});
    if (seen.first_rib) evidence.t1.push_back({*seen.first_rib + t1_below_first_rib_mm, first_rib_sd_mm});
    if (seen.lung_apex) evidence.t1.push_back({*seen.lung_apex - lung_apex_below_t1_mm, lung_apex_sd_mm});
    if (seen.iliac_crest) evidence.disc_l4_l5 = Place{*seen.iliac_crest + l4_l5_below_crest_mm, crest_sd_mm};
    return evidence;
}

}  // namespace calcinode::spine
