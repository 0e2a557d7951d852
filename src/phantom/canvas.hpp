// The volume while it is painted: Hounsfield units as floats, and how much of each voxel is bone.
#pragma once

#include <array>
#include <cstdint>
#include <thread>
#include <vector>

#include "analysis/volume.hpp"
#include "base/parallel.hpp"
#include "phantom/shapes.hpp"

namespace calcinode::phantom {

inline int painters() {
    return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

// A place for shapes: local = axes * (lps - origin) / scale.
struct Frame {
    Vec3 origin;
    std::array<Vec3, 3> axis{Vec3{1, 0, 0}, Vec3{0, 1, 0}, Vec3{0, 0, 1}};
    double scale = 1;

    Point to_local(Vec3 lps) const;
    Vec3 to_outer(Point local) const;
    // A frame given within this one, seen from where this one is.
    Frame placed(const Frame& inner) const;
    // Turned by angles (radians) about its own x (nodding back), y and z axes, in this order.
    Frame turned(double about_x, double about_y, double about_z) const;
};

struct Box {
    Point low, high;
};

// The part of a voxel that a shape at distance `d` mm from its centre fills.
inline float coverage(float d) {
    constexpr float edge_mm = 0.75F;  // about a voxel's width
    return std::clamp(0.5F - d / edge_mm, 0.0F, 1.0F);
}

class Canvas {
  public:
    Canvas(Grid grid, float background_hu);

    // Calls visit(offset, local) for each voxel whose centre is in `box` of `frame`; on several threads, each
    // voxel once.
    template <class Visit>
    void visit(const Frame& frame, const Box& box, Visit&& visit) const;

    // Lays a shape over what is there: distance(local) in mm, value(local, distance) in HU.
    template <class Distance, class Value>
    void paint(const Frame& frame, const Box& box, Distance&& distance, Value&& value);
    template <class Distance, class Value>
    void paint_bone(const Frame& frame, const Box& box, Distance&& distance, Value&& value);

    Grid grid;
    std::vector<float> hu;
    std::vector<std::uint8_t> bone;  // 0 none ... 255 all of the voxel

  private:
    struct Range {
        std::array<int, 3> first{}, last{};
    };
    Range range(const Frame& frame, const Box& box) const;
};

template <class Visit>
void Canvas::visit(const Frame& frame, const Box& box, Visit&& visit) const {
    const Range r = range(frame, box);
    const Point step = frame.to_local(grid.to_lps(1, 0, 0)) - frame.to_local(grid.origin);
    parallel_for(painters(), r.last[2] - r.first[2] + 1, [&](int slice) {
        const int k = r.first[2] + slice;
        for (int j = r.first[1]; j <= r.last[1]; ++j) {
            const Point row = frame.to_local(grid.to_lps(0, j, k));
            const std::size_t offset = grid.offset({0, j, k});
            for (int i = r.first[0]; i <= r.last[0]; ++i) {
                const Point p = row + step * static_cast<float>(i);
                if (p.x < box.low.x || p.x > box.high.x || p.y < box.low.y || p.y > box.high.y ||
                    p.z < box.low.z || p.z > box.high.z)
                    continue;
                visit(offset + static_cast<std::size_t>(i), p);
            }
        }
    });
}

template <class Distance, class Value>
void Canvas::paint(const Frame& frame, const Box& box, Distance&& distance, Value&& value) {
    visit(frame, box, [&](std::size_t offset, Point p) {
        const float d = distance(p);
        const float part = coverage(d);
        if (part > 0) hu[offset] += part * (value(p, d) - hu[offset]);
    });
}

template <class Distance, class Value>
void Canvas::paint_bone(const Frame& frame, const Box& box, Distance&& distance, Value&& value) {
    visit(frame, box, [&](std::size_t offset, Point p) {
        const float d = distance(p);
        const float part = coverage(d);
        if (part <= 0) return;
        hu[offset] += part * (value(p, d) - hu[offset]);
        bone[offset] = std::max(bone[offset], static_cast<std::uint8_t>(part * 255));
    });
}

}  // namespace calcinode::phantom
