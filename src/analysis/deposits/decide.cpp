#include "analysis/deposits/decide.hpp"

#include <algorithm>
#include <cmath>

namespace calcinode::deposits {
namespace {

// The weights of the evidence, in units of log odds. Each feature is bounded, so that none decides alone: a
// large asymmetric solid mass is believed although a process repeats near its place, a small one is not.
struct Weights {
    double per_size_doubling = 0.83;        // of the solid volume, from 100 mm3 up
    double mirror = 6, mirror_even = 0.72;  // at this share left and right say nothing
    double repeat = 3, repeat_even = 0.9;
    double cortex = 4;
    double thick = 2.5, thick_even = 0.75;
    double dense = 1.5, dense_even_hu = 280, dense_step_hu = 150;
    double body = 6;
    // In the middle there is no other side to compare with; the spinous processes are there at every level,
    // and only a mass too thick for one stands out.
    double middle_prior = -2, middle_thick = 4, middle_thick_even = 0.8;
    double needed = 2.6;  // the sum at which a deposit is as likely as not
};
constexpr Weights weights;
constexpr double middle_mm = 7;

// Vessels with plaques or contrast, kidneys, cartilage of the larynx, hyoid and styloid lie in front of the
// canal and to the side; what belongs to the spine there is bone.
constexpr double in_front_mm = -12, beside_mm = 15;
constexpr double widest_mm = 46;    // further out: ribs, scapula, clavicle, mandible
constexpr double deepest_mm = -50;  // lumbar: 24 mm in front of a body's centre
// At the skull base mastoid, styloid, condyles and mandible surround the ring of C1.
constexpr double skull_base_mm = 12;
// Deposits within the canal: nothing dense belongs there, but its edge is uncertain by a voxel or two.
constexpr double canal_share = 0.28, canal_core_hu = 300;

double log_odds(const Candidate& candidate) {
    const auto& f = candidate.features;
    const auto& w = weights;
    double sum =
        w.per_size_doubling * std::log2(f.volume_mm3 / 100) - w.cortex * f.cortex - w.body * f.body_share;
    sum += w.thick * (std::min(f.thick, 1.2) - w.thick_even);
    sum += w.dense * std::clamp((f.core_hu - w.dense_even_hu) / w.dense_step_hu, -1.5, 1.0);
    sum += w.repeat * (w.repeat_even - f.repeat);
    if (std::abs(candidate.centre.u) >= middle_mm)
        sum += w.mirror * (w.mirror_even - f.mirror);
    else
        sum += w.middle_prior + w.middle_thick * (std::min(f.thick, 1.2) - w.middle_thick_even);
    return sum;
}

std::string place_of_mimics(const Candidate& candidate, bool skull_above) {
    const auto& c = candidate.centre;
    if (skull_above && c.s < skull_base_mm) return "skull base";
    if (std::abs(c.u) > widest_mm) return "rib, shoulder or jaw";
    if (c.v < deepest_mm) return "in front of the spine";
    if (c.v < in_front_mm && std::abs(c.u) > beside_mm) return "vessel, kidney, cartilage or hyoid";
    return "";
}

}  // namespace

Decision decide(const Candidate& candidate, bool skull_above) {
    if (auto mimic = place_of_mimics(candidate, skull_above); !mimic.empty()) return {0, std::move(mimic)};
    const auto& f = candidate.features;
    double sum = log_odds(candidate);
    if (f.canal_share > canal_share && f.core_hu > canal_core_hu && f.cortex < 0.3)
        sum = std::max(sum, weights.needed + 0.5 + 2 * f.canal_share);
    return {1 / (1 + std::exp(weights.needed - sum)), ""};
}

}  // namespace calcinode::deposits
