#include "analysis/spine/listhesis.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/spine/posterior_wall.hpp"

namespace calcinode::spine {
namespace {

// Of a wall's slope its own measurement counts for so much, the mean of its neighbourhood for the rest: by
// unevenness alone the slopes of short walls scatter about as much as they differ.
constexpr double own_slope = 0.7;
constexpr std::size_t neighbourhood = 2;  // bodies to both sides
constexpr double bend_error = 0.25;       // of half the difference of the two distances
// Less sure than this is not measured: a slip of 3 mm would not stand out.
constexpr double least_sure_mm = 1.25;
constexpr double widest_gap_mm = 22, widest_step_mm = 20;  // between neighbours

using Walls = std::vector<std::optional<PosteriorWall>>;

double mean_slope(const Walls& walls, std::size_t first, std::size_t last) {
    double sum = 0;
    int count = 0;
    for (std::size_t n = first; n <= last; ++n)
        if (const auto& wall = walls[n]) sum += wall->slope, ++count;
    return count > 0 ? sum / count : 0;
}

// Draws each wall's slope towards that of its neighbours, about the middle of what was seen of it.
Walls steadied(const Walls& walls) {
    Walls steady = walls;
    for (std::size_t n = 0; n < walls.size(); ++n)
        if (auto& wall = steady[n]) {
            const double usual = mean_slope(walls, n - std::min(n, neighbourhood),
                                            std::min(n + neighbourhood, walls.size() - 1));
            const double middle = wall->at(wall->mean_h_mm);
            wall->slope = own_slope * wall->slope + (1 - own_slope) * usual;
            wall->offset_mm = middle - wall->slope * wall->mean_h_mm;
        }
    return steady;
}

std::optional<Listhesis> slip_between(const Vertebra& upper, const PosteriorWall& upper_wall,
                                      const Vertebra& lower, const PosteriorWall& lower_wall) {
    const auto corner = [](const Vertebra& v, const PosteriorWall& wall, double h) {
        return v.body + v.down * h + v.back * wall.at(h);
    };
    const LpsPoint upper_corner = corner(upper, upper_wall, upper_wall.lower_h_mm);
    const LpsPoint lower_corner = corner(lower, lower_wall, lower_wall.upper_h_mm);
    const double gap = distance(upper_corner, lower_corner);
    if (gap > widest_gap_mm) return {};
    const double upper_h_in_lower = dot(upper_corner - lower.body, lower.down);
    const double lower_h_in_upper = dot(lower_corner - upper.body, upper.down);
    const double on_lower = lower_wall.at(upper_h_in_lower) - dot(upper_corner - lower.body, lower.back);
    const double on_upper = dot(lower_corner - upper.body, upper.back) - upper_wall.at(lower_h_in_upper);
    Listhesis slip;
    slip.upper = upper.level;
    slip.lower = lower.level;
    slip.slip_mm = (on_lower + on_upper) / 2;
    if (std::abs(slip.slip_mm) > widest_step_mm) return {};
    // Each line is used at its corner and beyond it up to the other's corner: in the middle on average.
    const double upper_sd = upper_wall.sd_at((upper_wall.lower_h_mm + lower_h_in_upper) / 2);
    const double lower_sd = lower_wall.sd_at((lower_wall.upper_h_mm + upper_h_in_lower) / 2);
    slip.uncertainty_mm = std::hypot(upper_sd, lower_sd, bend_error * (on_lower - on_upper) / 2);
    if (slip.uncertainty_mm > least_sure_mm) return {};
    slip.place = lower_corner;
    return slip;
}

}  // namespace

std::vector<Listhesis> find_listhesis(const Volume& volume, const std::vector<Vertebra>& vertebrae) {
    Walls walls;
    for (const auto& v : vertebrae)
        walls.push_back(v.level == "C1" ? std::nullopt : find_posterior_wall(volume, v));
    walls = steadied(walls);
    std::vector<Listhesis> slips;
    for (std::size_t n = 1; n < vertebrae.size(); ++n) {
        const auto &upper = walls[n - 1], &lower = walls[n];
        if (!upper || !lower) continue;
        if (auto slip = slip_between(vertebrae[n - 1], *upper, vertebrae[n], *lower)) {
            slip->upper_index = n - 1;
            slips.push_back(*slip);
        }
    }
    return slips;
}

}  // namespace calcinode::spine
