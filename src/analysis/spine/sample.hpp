// Attenuation at any place of a volume, for what is measured at the volume's own resolution.
#pragma once

#include <cmath>
#include <optional>

#include "analysis/volume.hpp"

namespace calcinode::spine {

// Trilinear; nothing outside of the outermost voxel centres.
inline std::optional<double> hu_at(const Volume& volume, LpsPoint place) {
    const Vec3 at = volume.grid.to_index(place);
    const auto& size = volume.grid.size;
    const double fi = std::floor(at.x), fj = std::floor(at.y), fk = std::floor(at.z);
    if (!(fi >= 0 && fj >= 0 && fk >= 0 && fi + 1 < size[0] && fj + 1 < size[1] && fk + 1 < size[2]))
        return {};
    const double a = at.x - fi, b = at.y - fj, c = at.z - fk;
    const std::int16_t* p =
        &volume.hu[volume.grid.offset({static_cast<int>(fi), static_cast<int>(fj), static_cast<int>(fk)})];
    const std::ptrdiff_t row = size[0], plane = row * size[1];
    const auto line = [a](const std::int16_t* q) { return q[0] + a * (q[1] - q[0]); };
    const auto face = [&](const std::int16_t* q) { return line(q) + b * (line(q + row) - line(q)); };
    return face(p) + c * (face(p + plane) - face(p));
}

}  // namespace calcinode::spine
