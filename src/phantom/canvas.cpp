#include "phantom/canvas.hpp"

namespace calcinode::phantom {

Point Frame::to_local(Vec3 lps) const {
    const Vec3 d = (lps - origin) * (1 / scale);
    return {static_cast<float>(calcinode::dot(d, axis[0])), static_cast<float>(calcinode::dot(d, axis[1])),
            static_cast<float>(calcinode::dot(d, axis[2]))};
}

Vec3 Frame::to_outer(Point local) const {
    return origin + (axis[0] * local.x + axis[1] * local.y + axis[2] * local.z) * scale;
}

Frame Frame::placed(const Frame& inner) const {
    const auto direction = [&](Vec3 v) { return axis[0] * v.x + axis[1] * v.y + axis[2] * v.z; };
    return {origin + direction(inner.origin) * scale,
            {direction(inner.axis[0]), direction(inner.axis[1]), direction(inner.axis[2])},
            scale * inner.scale};
}

Frame Frame::turned(double about_x, double about_y, double about_z) const {
    Frame f = *this;
    const auto spin = [&f](int a, int b, double angle) {
        const Vec3 u = f.axis[static_cast<std::size_t>(a)], v = f.axis[static_cast<std::size_t>(b)];
        f.axis[static_cast<std::size_t>(a)] = u * std::cos(angle) + v * std::sin(angle);
        f.axis[static_cast<std::size_t>(b)] = v * std::cos(angle) - u * std::sin(angle);
    };
    spin(2, 1, about_x);
    spin(0, 2, about_y);
    spin(0, 1, about_z);
    return f;
}

Canvas::Canvas(Grid g, float background_hu)
    : grid(g), hu(grid.voxels(), background_hu), bone(grid.voxels(), 0) {}

Canvas::Range Canvas::range(const Frame& frame, const Box& box) const {
    std::array<double, 3> low{1e9, 1e9, 1e9}, high{-1e9, -1e9, -1e9};
    for (int corner = 0; corner < 8; ++corner) {
        const Point p{corner & 1 ? box.high.x : box.low.x, corner & 2 ? box.high.y : box.low.y,
                      corner & 4 ? box.high.z : box.low.z};
        const Vec3 v = grid.to_index(frame.to_outer(p));
        const std::array<double, 3> index{v.x, v.y, v.z};
        for (std::size_t a = 0; a < 3; ++a) {
            low[a] = std::min(low[a], index[a]);
            high[a] = std::max(high[a], index[a]);
        }
    }
    Range r;
    for (std::size_t a = 0; a < 3; ++a) {
        r.first[a] = static_cast<int>(std::clamp(std::floor(low[a]), 0.0, double(grid.size[a])));
        r.last[a] = static_cast<int>(std::clamp(std::ceil(high[a]), -1.0, double(grid.size[a] - 1)));
    }
    return r;
}

}  // namespace calcinode::phantom
