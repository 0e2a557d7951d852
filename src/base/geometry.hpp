// Points and directions in space.
//
// All positions of the project are millimetres in the DICOM patient coordinate system, LPS: x grows to the
// patient's left, y to the back, z to the head (PS3.3 C.7.6.2.1.1).
#pragma once

#include <array>
#include <cmath>

namespace calcinode {

struct Vec3 {
    double x = 0, y = 0, z = 0;

    friend constexpr bool operator==(const Vec3&, const Vec3&) = default;
    friend constexpr Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
    friend constexpr Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
    friend constexpr Vec3 operator*(Vec3 a, double s) { return {a.x * s, a.y * s, a.z * s}; }
    friend constexpr Vec3 operator*(double s, Vec3 a) { return a * s; }
};

using LpsPoint = Vec3;  // millimetres, patient coordinates

constexpr double dot(Vec3 a, Vec3 b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
}
constexpr Vec3 cross(Vec3 a, Vec3 b) {
    return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline double norm(Vec3 a) {
    return std::sqrt(dot(a, a));
}
inline double distance(Vec3 a, Vec3 b) {
    return norm(a - b);
}
inline Vec3 unit(Vec3 a) {
    return a * (1.0 / norm(a));
}

}  // namespace calcinode
