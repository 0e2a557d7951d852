#include "analysis/deposits/decide.hpp"

#include <algorithm>
#include <cmath>

namespace calcinode::deposits {
namespace {

// The weights of the evidence, in units of log odds, for a place beside the middle. They were fitted
// (logistic regression, ridge 0.15) to the candidates of the development cases and rounded. Each feature is
// bounded, so that none decides alone.
struct Weights {
    double prior = -1.65;
    double size = 0.4;                        // a doubling of the solid volume, from 100 mm3 up
    double unlike = 5.2;                      // the better of the two following
    double mirror = 1.7, mirror_even = 0.72;  // at this share left and right say nothing
    double levels = 2.2, levels_even = 0.5;
    double repeat = 1.7, repeat_even = 0.9;
    double thick = 2.4, thick_even = 0.75;
    double dense = 0.7, dense_even_hu = 280, dense_step_hu = 150;
    double lateral = 1.0, lateral_from_mm = 33;  // a millimetre further out: ribs and shoulder begin
};
constexpr Weights weights;

// In the middle there is no other side to compare with; the spinous processes are there at every level, and
// only a mass too thick for one stands out.
struct MiddleWeights {
    double prior = -3.5, size = 0.83, cortex = 4, thick = 6.5, thick_even = 0.78, repeat = 3,
           repeat_even = 0.9;
    double dense = 1.5;
};
constexpr MiddleWeights middle_weights;
constexpr double middle_mm = 7;

// Vessels with plaques or contrast, kidneys, cartilage of the larynx, hyoid and styloid lie in front of the
// canal and to the side; what belongs to the spine there is bone.
constexpr double in_front_mm = -12, beside_mm = 15;
constexpr double widest_mm = 46;    // further out: ribs, scapula, clavicle, mandible
constexpr double deepest_mm = -50;  // lumbar: 24 mm in front of a body's centre
// At the skull base mastoid, styloid, condyles and mandible surround the ring of C1.
constexpr double skull_base_mm = 12;
// At the head end of the spine in view there is no level above to compare with, and the frame's direction is
// a guess.
constexpr double edge_mm = 10;
// Down to here the dens stands within the ring of C1 and seems to be in the canal.
constexpr double dens_mm = 45;
// Deposits within the canal: nothing dense belongs there, but its edge is uncertain by a voxel or two.
constexpr double canal_share = 0.28, canal_core_hu = 300;
constexpr double canal_prior = 2.2, canal_share_weight = 2;
// Where a vertebral body belongs, what is solid is its marrow.
constexpr double body_share = 0.4;
// Blood with contrast in the great vessels in front of the spine.
constexpr double vessel_hu = 260, vessel_in_front_mm = -20;

double density_steps(const Features& f) {
    return std::clamp((f.core_hu - weights.dense_even_hu) / weights.dense_step_hu, -1.5, 1.0);
}

double size_doublings(const Features& f) {
    return std::clamp(std::log2(f.volume_mm3 / 100), -2.0, 4.0);
}

double log_odds_in_the_middle(const Features& f) {
    const auto& w = middle_weights;
    return w.prior + w.size * size_doublings(f) - w.cortex * f.cortex +
           w.thick * (std::min(f.thick, 1.2) - w.thick_even) + w.repeat * (w.repeat_even - f.repeat) +
           w.dense * density_steps(f);
}

double log_odds_beside(const Candidate& candidate) {
    const auto& f = candidate.features;
    const auto& w = weights;
    const double mirror = w.mirror_even - f.mirror, levels = w.levels_even - f.levels;
    return w.prior + w.size * size_doublings(f) + w.mirror * std::clamp(mirror, -0.4, 1.0) +
           w.levels * std::clamp(levels, -0.3, 0.5) +
           w.unlike * std::clamp(std::max(mirror, levels), -0.3, 1.0) +
           w.repeat * std::clamp(w.repeat_even - f.repeat, -0.3, 1.0) +
           w.thick * (std::min(f.thick, 1.2) - w.thick_even) + w.dense * density_steps(f) -
           w.lateral * std::max(0.0, std::abs(candidate.centre.u) - w.lateral_from_mm);
}

// The laminae meet behind the canal's middle and reach into its cross-section a little.
bool lamina_junction(const Candidate& candidate) {
    return std::abs(candidate.centre.u) < 4 && candidate.centre.v > 6;
}

std::optional<Mimic> place_of_mimics(const Candidate& candidate, std::optional<double> skull_s) {
    const auto& c = candidate.centre;
    if (skull_s && c.s < *skull_s + skull_base_mm) return Mimic::skull_base;
    if (c.s < edge_mm) return Mimic::cut_by_view;
    if (std::abs(c.u) > widest_mm) return Mimic::rib_or_shoulder;
    if (c.v < deepest_mm) return Mimic::other;
    if (c.v < in_front_mm && std::abs(c.u) > beside_mm) return Mimic::other;
    if (c.v < vessel_in_front_mm && candidate.features.core_hu < vessel_hu) return Mimic::contrast_in_vessel;
    return std::nullopt;
}

}  // namespace

Decision decide(const Candidate& candidate, std::optional<double> skull_s) {
    if (const auto mimic = place_of_mimics(candidate, skull_s)) return {0, mimic};
    const auto& f = candidate.features;
    double sum =
        std::abs(candidate.centre.u) < middle_mm ? log_odds_in_the_middle(f) : log_odds_beside(candidate);
    if (f.body_share > body_share) sum -= 6 * f.body_share;
    const bool in_canal = f.canal_share > canal_share && f.core_hu > canal_core_hu && f.cortex < 0.3 &&
                          !lamina_junction(candidate) &&
                          !(skull_s && candidate.centre.s < *skull_s + dens_mm);
    if (in_canal) sum = std::max(sum, canal_prior + canal_share_weight * f.canal_share);
    return {1 / (1 + std::exp(-sum)), std::nullopt};
}

std::vector<bool> reported(const std::vector<Candidate>& candidates, const std::vector<Decision>& decisions) {
    const auto apart_mm = [](const Candidate& a, const Candidate& b) {
        return std::hypot(a.centre.s - b.centre.s, a.centre.u - b.centre.u, a.centre.v - b.centre.v);
    };
    std::vector<bool> out(candidates.size());
    for (std::size_t n = 0; n < candidates.size(); ++n) {
        out[n] = decisions[n].confidence >= sure_confidence;
        if (out[n] || decisions[n].confidence < accompanying_confidence) continue;
        for (std::size_t m = 0; m < candidates.size() && !out[n]; ++m)
            out[n] = decisions[m].confidence >= sure_confidence &&
                     apart_mm(candidates[n], candidates[m]) < accompanying_mm;
    }
    return out;
}

}  // namespace calcinode::deposits
