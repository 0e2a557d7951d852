#include "analysis/spine/discs.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace calcinode::spine {
namespace {

// A box across the straightened block; with `both_sides` also its mirror image.
struct Region {
    int from_u, to_u, from_v, to_v;
    bool both_sides;
};
// The back half of the body, and the pedicles with the foramina between them.
constexpr int half_width_mm = 7, body_front_mm = -20, body_back_mm = -10;
constexpr Region pedicles{11, 17, -12, -2, true};
constexpr int least_hu = 0, most_hu = 600;  // air counts no less than fat, metal no more than cortical bone

// A disc is darker than the endplates beside it, at one of these tilts (mm along s for a mm forward), which
// are this far from its middle: discs are 3 to 14 mm high.
constexpr std::array<double, 7> tilts{-0.45, -0.3, -0.15, 0, 0.15, 0.3, 0.45};
constexpr std::array<int, 5> endplates_mm{3, 4, 5, 6, 8};
// A disc is behind the foramen's lower part; the next pedicle starts a little below.
constexpr int foramen_from_mm = -4, foramen_to_mm = 0, pedicle_from_mm = 3, pedicle_to_mm = 7;

// Both signs are taken in units of the spread nearby: shoulders, soft bone and contrast change it along a
// spine. Logistic regression on 29 necks, a chest, an abdomen and 12 phantoms (each group with the same
// weight): discs against what is more than 4 mm from one.
constexpr int nearby_mm = 32;
constexpr double least_spread_hu = 20;
constexpr double dip_weight = 1.1, step_weight = 2.0, bias = -1.4;
constexpr double least_nats = -3, most_nats = 4;

using Profile = std::vector<double>;

double at(const Profile& profile, int s) {
    return profile[static_cast<std::size_t>(std::clamp(s, 0, static_cast<int>(profile.size()) - 1))];
}

double mean(const Profile& profile, int from, int to) {
    double sum = 0;
    for (int s = from; s <= to; ++s) sum += at(profile, s);
    return sum / (to - from + 1);
}

int hu_at(const Straight& straight, int s, int u, int v) {
    const auto& block = straight.hu;
    return std::clamp<int>(block.values[block.offset(u + spine::half_width_mm, v + front_mm, s)], least_hu,
                           most_hu);
}

Profile mean_of(const Straight& straight, const Region& region) {
    Profile profile;
    for (int s = 0; s < straight.hu.size[2]; ++s) {
        int sum = 0, count = 0;
        for (int v = region.from_v; v <= region.to_v; ++v)
            for (int u = region.from_u; u <= region.to_u; ++u) {
                sum += hu_at(straight, s, u, v), ++count;
                if (region.both_sides) sum += hu_at(straight, s, -u, v), ++count;
            }
        profile.push_back(static_cast<double>(sum) / count);
    }
    return profile;
}

// Spread of the values within nearby_mm of each, and their mean.
struct Nearby {
    Profile mean, spread;
};

Nearby nearby(const Profile& profile) {
    Nearby out;
    const int n = static_cast<int>(profile.size());
    for (int s = 0; s < n; ++s) {
        const int low = std::max(0, s - nearby_mm), high = std::min(n - 1, s + nearby_mm);
        double sum = 0, squares = 0;
        for (int q = low; q <= high; ++q) sum += at(profile, q), squares += at(profile, q) * at(profile, q);
        const double count = high - low + 1, middle = sum / count;
        out.mean.push_back(middle);
        out.spread.push_back(std::sqrt(std::max(0.0, squares / count - middle * middle)));
    }
    return out;
}

// Body strips: for each height and depth the mean across the body.
class BodyStrips {
  public:
    explicit BodyStrips(const Straight& straight) : n_(straight.hu.size[2]) {
        for (int s = 0; s < n_; ++s)
            for (int v = body_front_mm; v <= body_back_mm; ++v) {
                int sum = 0;
                for (int u = -half_width_mm; u <= half_width_mm; ++u) sum += hu_at(straight, s, u, v);
                values_.push_back(static_cast<double>(sum) / (2 * half_width_mm + 1));
            }
    }
    Profile at_tilt(double tilt) const {
        Profile out;
        for (int s = 0; s < n_; ++s) {
            double sum = 0;
            for (int d = 0; d < depths; ++d) {
                const int forward = depths / 2 - d;  // of the strip's middle
                const int row = std::clamp(s + static_cast<int>(std::lround(tilt * forward)), 0, n_ - 1);
                sum += values_[static_cast<std::size_t>(row * depths + d)];
            }
            out.push_back(sum / depths);
        }
        return out;
    }

  private:
    static constexpr int depths = body_back_mm - body_front_mm + 1;
    int n_;
    std::vector<double> values_;
};

// How much darker than the endplates, at the tilt and height of disc that show it best.
Profile dips(const Straight& straight) {
    const BodyStrips strips(straight);
    const int n = straight.hu.size[2];
    Profile deepest(static_cast<std::size_t>(n), 0);
    for (const double tilt : tilts) {
        const Profile strip = strips.at_tilt(tilt);
        for (int s = 0; s < n; ++s) {
            const double middle = mean(strip, s - 1, s + 1);
            for (const int far : endplates_mm) {
                const double above = at(strip, s - far), below = at(strip, s + far);
                const double dip = std::min(above, below) - middle + std::abs(above - below) / 4;
                deepest[static_cast<std::size_t>(s)] = std::max(deepest[static_cast<std::size_t>(s)], dip);
            }
        }
    }
    const auto spread = nearby(strips.at_tilt(0)).spread;
    for (std::size_t s = 0; s < deepest.size(); ++s) deepest[s] /= std::max(spread[s], 1.0);
    return deepest;
}

// From the dark foramen to the bright pedicle below it.
Profile pedicle_steps(const Straight& straight) {
    const Profile profile = mean_of(straight, pedicles);
    const auto around = nearby(profile);
    Profile relative, steps;
    for (std::size_t s = 0; s < profile.size(); ++s)
        relative.push_back((profile[s] - around.mean[s]) / (around.spread[s] + least_spread_hu));
    for (int s = 0; s < static_cast<int>(profile.size()); ++s)
        steps.push_back(mean(relative, s + pedicle_from_mm, s + pedicle_to_mm) -
                        mean(relative, s + foramen_from_mm, s + foramen_to_mm));
    return steps;
}

// Whether the body at each height, and all that its evidence is taken from, is in the volume.
std::vector<bool> in_view(const Straight& straight) {
    constexpr std::int16_t outside_hu = -1024;
    const int n = straight.hu.size[2];
    const auto outside = [&](int s) {
        const auto& block = straight.hu;
        for (const int v : {body_front_mm, pedicles.to_v})
            for (const int u : {-pedicles.to_u, 0, pedicles.to_u})
                if (block.values[block.offset(u + spine::half_width_mm, v + front_mm, s)] == outside_hu)
                    return true;
        return false;
    };
    std::vector<bool> seen;
    for (int s = 0; s < n; ++s) {
        const int low = s + foramen_from_mm, high = s + pedicle_to_mm;
        bool all = low >= 0 && high < n;
        for (int q = low; all && q <= high; ++q) all = !outside(q);
        seen.push_back(all);
    }
    return seen;
}

}  // namespace

DiscEvidence disc_evidence(const Straight& straight) {
    DiscEvidence evidence{{}, dips(straight)};
    const Profile step = pedicle_steps(straight);
    const auto seen = in_view(straight);
    for (std::size_t s = 0; s < evidence.dip.size(); ++s) {
        const double nats = dip_weight * evidence.dip[s] + step_weight * step[s] + bias;
        evidence.nats.push_back(seen[s] ? std::clamp(nats, least_nats, most_nats) : 0);
    }
    return evidence;
}

}  // namespace calcinode::spine
