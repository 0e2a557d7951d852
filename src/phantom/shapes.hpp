// Signed distances, in millimetres: negative inside, positive outside, right near the surface. All in a local
// frame with x to the patient's left, y to the back, z to the head.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

namespace calcinode::phantom {

inline constexpr double degree = std::numbers::pi / 180;  // radians

struct Point {
    float x = 0, y = 0, z = 0;
    friend constexpr Point operator+(Point a, Point b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
    friend constexpr Point operator-(Point a, Point b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
    friend constexpr Point operator*(Point a, float s) { return {a.x * s, a.y * s, a.z * s}; }
};

constexpr float dot(Point a, Point b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}

inline float length(Point a) {
    return std::sqrt(dot(a, a));
}

// Union and intersection whose seam is rounded over `k` mm.
inline float join(float a, float b, float k) {
    const float h = std::max(k - std::abs(a - b), 0.0F);
    return std::min(a, b) - h * h / (4 * k);
}

inline float meet(float a, float b, float k) {
    return -join(-a, -b, k);
}

// 0 below `from`, 1 above `to`, smooth between.
inline float ramp(float from, float to, float v) {
    const float t = std::clamp((v - from) / (to - from), 0.0F, 1.0F);
    return t * t * (3 - 2 * t);
}

// Distance to the ellipse |(u/a, v/b)| = 1, right to first order.
inline float ellipse(float u, float v, float a, float b) {
    const float s = u / a, t = v / b;
    const float r = std::sqrt(s * s + t * t) + 1e-6F;
    const float slope = std::sqrt(s * s / (a * a) + t * t / (b * b)) + 1e-6F;
    return r * (r - 1) / slope;
}

inline float ellipsoid(Point p, Point radii) {
    const Point q{p.x / radii.x, p.y / radii.y, p.z / radii.z};
    const Point g{q.x / radii.x, q.y / radii.y, q.z / radii.z};
    const float r = length(q) + 1e-6F;
    return r * (r - 1) / (length(g) + 1e-6F);
}

// A cross-section between an ellipse and a rectangle, as vertebral bodies have: |u/a|^4 mixed with the
// circle.
inline float plump(float u, float v, float a, float b) {
    const float s = (u / a) * (u / a), t = (v / b) * (v / b);
    const float round = s + t, square = std::sqrt(s * s + t * t);
    return (std::sqrt(0.45F * round + 0.55F * square) - 1) * std::min(a, b);
}

// A rod from `from` to `to` whose radius goes from r0 to r1.
inline float rod(Point p, Point from, Point to, float r0, float r1) {
    const Point along = to - from, d = p - from;
    const float t = std::clamp(dot(d, along) / (dot(along, along) + 1e-9F), 0.0F, 1.0F);
    return length(d - along * t) - (r0 + t * (r1 - r0));
}

// The same with a cross-section that is `stretch` times as high (z) as wide.
inline float blade(Point p, Point from, Point to, float r0, float r1, float stretch) {
    const auto press = [stretch](Point q) { return Point{q.x, q.y, q.z / stretch}; };
    return rod(press(p), press(from), press(to), r0, r1);
}

}  // namespace calcinode::phantom
