#include "analysis/deposits/settled.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "analysis/deposits/level_face.hpp"

namespace calcinode::deposits {
namespace {

constexpr double least_step_hu = 200;  // between the groups' means: more than a deposit's own texture
constexpr double least_share = 0.1;    // of the outline, in either group

// The least attenuation of the denser group.
std::optional<double> border_of(std::vector<double> values) {
    std::ranges::sort(values);
    const auto count = static_cast<double>(values.size());
    double all = 0;
    for (const double value : values) all += value;
    double below = 0, most = 0;
    std::optional<double> border;
    for (std::size_t n = 1; n < values.size(); ++n) {
        below += values[n - 1];
        const auto lower = static_cast<double>(n);
        const double higher = count - lower;
        const double step = (all - below) / higher - below / lower;
        const double between = lower * higher * step * step;
        if (between <= most) continue;
        most = between;
        const bool parted = step >= least_step_hu && std::min(lower, higher) >= least_share * count;
        border = parted ? std::optional(values[n]) : std::nullopt;
    }
    return border;
}

}  // namespace

std::vector<std::size_t> settled_part(const Volume& volume, const std::vector<std::size_t>& outline) {
    const auto border = border_of(attenuation_of(volume, outline));
    std::vector<std::size_t> settled;
    if (!border) return settled;
    std::ranges::copy_if(outline, std::back_inserter(settled),
                         [&](std::size_t n) { return volume.hu[n] >= *border; });
    return settled;
}

}  // namespace calcinode::deposits
