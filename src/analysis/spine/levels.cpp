#include "analysis/spine/levels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "analysis/spine/bodies.hpp"
#include "analysis/spine/discs.hpp"

namespace calcinode::spine {
namespace {

constexpr std::array<std::string_view, 24> names{"C2",  "C3",  "C4", "C5", "C6", "C7", "T1", "T2",
                                                 "T3",  "T4",  "T5", "T6", "T7", "T8", "T9", "T10",
                                                 "T11", "T12", "L1", "L2", "L3", "L4", "L5", "S1"};
// From the lowest occiput to the disc C2/C3: 21 to 35 mm on the development necks and phantoms, where a
// cervical vertebra with its disc takes 15 to 19. No disc lies above it.
constexpr double c2_c3_below_skull_mm = 30, c2_c3_tolerance_mm = 10, no_disc_below_skull_mm = 20;
constexpr double c2_height_mm = 20;  // of the body below the dens, for its centre
constexpr double first_confidence = 0.9, less_each_level = 0.02;

Vertebra vertebra(const Frame& frame, const Straight& straight, double upper, double lower) {
    Vertebra v = measure_body(frame, straight, upper, lower);
    v.level = uncertain_level;
    return v;
}

// Index of the disc C2/C3, or nothing where none lies where it should.
std::optional<std::size_t> find_c2_c3(const std::vector<int>& discs, double skull_s) {
    std::optional<std::size_t> nearest;
    double best = c2_c3_tolerance_mm;
    for (std::size_t n = 0; n < discs.size(); ++n) {
        const double off = std::abs(discs[n] - (skull_s + c2_c3_below_skull_mm));
        if (off <= best) best = off, nearest = n;
    }
    return nearest;
}

}  // namespace

Spine find_levels(const Frame& frame, const Straight& straight, std::optional<double> skull_s) {
    const int first_s = skull_s ? static_cast<int>(*skull_s + no_disc_below_skull_mm) : 0;
    auto discs = find_discs(frame, straight, first_s);
    const auto c2_c3 = skull_s ? find_c2_c3(discs, *skull_s) : std::nullopt;
    if (c2_c3) discs.erase(discs.begin(), discs.begin() + static_cast<std::ptrdiff_t>(*c2_c3));

    Spine spine;
    if (c2_c3) spine.vertebrae.push_back(vertebra(frame, straight, discs[0] - c2_height_mm, discs[0]));
    for (std::size_t n = 1; n < discs.size(); ++n)
        spine.vertebrae.push_back(vertebra(frame, straight, discs[n - 1], discs[n]));
    if (!c2_c3) return spine;
    for (std::size_t n = 0; n < spine.vertebrae.size() && n < names.size(); ++n) {
        spine.vertebrae[n].level = names[n];
        spine.vertebrae[n].confidence =
            std::max(0.5, first_confidence - less_each_level * static_cast<double>(n));
    }
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
    if (const auto* v = nearest(middle)) deposit.level = v->level;
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
