#include "analysis/spine/frame.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace calcinode::spine {
namespace {

// The directions turn slowly: without this a kink of the line would fold the frame onto itself at 60 mm from
// it.
constexpr double direction_smoothing_mm = 12;

struct Sample {
    Vec3 centre;
    double radius;
};

std::vector<Sample> resampled(const std::vector<CanalPoint>& canal) {
    std::vector<Sample> out{{canal[0].centre, canal[0].radius_mm}};
    double carried = 0;  // length since the last sample
    for (std::size_t n = 1; n < canal.size(); ++n) {
        const auto &a = canal[n - 1], &b = canal[n];
        const double length = distance(a.centre, b.centre);
        double at = 1 - carried;
        for (; at <= length; at += 1) {
            const double t = at / length;
            out.push_back(
                {a.centre + (b.centre - a.centre) * t, a.radius_mm + (b.radius_mm - a.radius_mm) * t});
        }
        carried = length - (at - 1);
    }
    return out;
}

std::vector<CanalPoint> extended(const std::vector<CanalPoint>& canal, double by_mm) {
    constexpr std::size_t arm_points = 6;  // 12 to 15 mm
    const std::size_t arm = std::min(arm_points, canal.size() - 1);
    const auto beyond = [by_mm](const CanalPoint& end, const CanalPoint& inside) {
        CanalPoint point = end;
        point.centre = end.centre + unit(end.centre - inside.centre) * by_mm;
        return point;
    };
    std::vector<CanalPoint> line{beyond(canal.front(), canal[arm])};
    line.insert(line.end(), canal.begin(), canal.end());
    line.push_back(beyond(canal.back(), canal[canal.size() - 1 - arm]));
    return line;
}

Vec3 direction(const std::vector<Sample>& line, int s) {
    const int n = static_cast<int>(line.size());
    const int half = static_cast<int>(direction_smoothing_mm);
    const int low = std::max(0, s - half), high = std::min(n - 1, s + half);
    return unit(line[static_cast<std::size_t>(high)].centre - line[static_cast<std::size_t>(low)].centre);
}

}  // namespace

Frame::Frame(const std::vector<CanalPoint>& canal, double beyond_mm) {
    const auto line = resampled(beyond_mm > 0 ? extended(canal, beyond_mm) : canal);
    const Vec3 patient_left{1, 0, 0};
    for (int s = 0; s < static_cast<int>(line.size()); ++s) {
        const auto& sample = line[static_cast<std::size_t>(s)];
        const Vec3 down = direction(line, s);
        const Vec3 left = unit(patient_left - down * dot(patient_left, down));
        // Down x left points to the back: (0,0,-1) x (1,0,0) = (0,-1,0) points to the front, hence the order.
        const Vec3 back = cross(left, down);
        stations_.push_back({sample.centre, down, left, back, sample.radius});
    }
}

Frame Frame::turned(const std::vector<double>& degrees) const {
    Frame frame = *this;
    for (std::size_t s = 0; s < stations_.size(); ++s) {
        const double angle = degrees[s] * std::numbers::pi / 180;
        const auto& from = stations_[s];
        frame.stations_[s].left = from.left * std::cos(angle) + from.back * std::sin(angle);
        frame.stations_[s].back = from.back * std::cos(angle) - from.left * std::sin(angle);
    }
    return frame;
}

LpsPoint Frame::to_lps(CurvedPoint p) const {
    const int last = length() - 1;
    const int s = std::clamp(static_cast<int>(std::floor(p.s)), 0, std::max(0, last - 1));
    const auto& a = station(s);
    const auto& b = station(std::min(s + 1, last));
    const double t = p.s - s;
    const Vec3 centre = a.centre + (b.centre - a.centre) * t;
    const Vec3 left = a.left + (b.left - a.left) * t, back = a.back + (b.back - a.back) * t;
    return centre + left * p.u + back * p.v;
}

CurvedPoint Frame::to_curved(LpsPoint p) const {
    // The station in whose plane the point lies: the plane distance changes its sign there. Of several (a
    // strongly bent line far away) the nearest.
    double best = std::numeric_limits<double>::infinity();
    CurvedPoint result;
    for (int s = 0; s < length(); ++s) {
        const auto& station_s = station(s);
        const Vec3 d = p - station_s.centre;
        const double along = dot(d, station_s.down);
        if (std::abs(along) > 1 && s != 0 && s != length() - 1) continue;
        const double far = norm(d);
        if (far >= best) continue;
        best = far;
        result = {std::clamp(s + along, 0.0, length() - 1.0), dot(d, station_s.left), dot(d, station_s.back)};
    }
    return result;
}

}  // namespace calcinode::spine
