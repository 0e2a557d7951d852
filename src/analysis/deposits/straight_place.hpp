// From a point of the patient to the voxel of the straightened block that shows it.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>

#include "analysis/deposits/observer.hpp"
#include "analysis/spine/straight.hpp"

namespace calcinode::deposits {

// `near_s`: a height close to the point's, within some centimetres; nothing outside of the block.
inline std::optional<Place> place_near(LpsPoint point, const spine::Frame& frame,
                                       const std::array<int, 3>& size, double near_s) {
    const auto station_at = [&](double s) -> const spine::Frame::Station& {
        return frame.station(std::clamp(static_cast<int>(std::floor(s)), 0, frame.length() - 1));
    };
    double s = std::clamp(near_s, 0.0, frame.length() - 1.0);
    for (int step = 0; step < 2;
         ++step) {  // the line bends little: the second step is within a fraction of a voxel
        s = std::floor(s) + dot(point - station_at(s).centre, station_at(s).down);
        s = std::clamp(s, -1.0, static_cast<double>(frame.length()));
    }
    const auto& station = station_at(s + 0.5);
    const Vec3 d = point - station.centre;
    const auto at = spine::Straight::index({s, dot(d, station.left), dot(d, station.back)});
    Place place{};
    for (std::size_t a = 0; a < 3; ++a) {
        place[a] = static_cast<int>(std::lround(at[a]));
        if (place[a] < 0 || place[a] >= size[a]) return {};
    }
    return place;
}

}  // namespace calcinode::deposits
