#include "phantom/random.hpp"

namespace calcinode::phantom {

float Random::uniform(float low, float high) {
    state_ = mixed(state_);
    return low + (high - low) * static_cast<float>(state_ >> 40) * 0x1p-24F;
}

float gaussian_at(std::uint64_t seed, std::uint64_t index) {
    // The sum of four uniform numbers: the tails end at 3.5 deviations, which no reader will miss.
    const std::uint64_t bits = mixed(seed ^ (index * 0xD1342543DE82EF95ULL));
    std::uint64_t sum = 0;
    for (int part = 0; part < 4; ++part) sum += (bits >> (16 * part)) & 0xFFFF;
    constexpr float mean = 2 * 65535.0F;
    constexpr float deviation = 65535.0F * 0.57735F;  // of four uniform numbers: sqrt(4 / 12)
    return (static_cast<float>(sum) - mean) / deviation;
}

NoiseField::NoiseField(std::uint64_t seed) : values_(static_cast<std::size_t>(side) * side * side) {
    Random random(seed);
    for (auto& value : values_) value = random.uniform(-1, 1);
}

float NoiseField::at(Point p) const {
    const float fx = std::floor(p.x), fy = std::floor(p.y), fz = std::floor(p.z);
    const int i = static_cast<int>(fx), j = static_cast<int>(fy), k = static_cast<int>(fz);
    const auto eased = [](float t) { return t * t * (3 - 2 * t); };
    const float u = eased(p.x - fx), v = eased(p.y - fy), w = eased(p.z - fz);
    const auto row = [&](int jj, int kk) {
        const float a = lattice(i, jj, kk), b = lattice(i + 1, jj, kk);
        return a + u * (b - a);
    };
    const auto plane = [&](int kk) {
        const float a = row(j, kk), b = row(j + 1, kk);
        return a + v * (b - a);
    };
    const float a = plane(k), b = plane(k + 1);
    return a + w * (b - a);
}

}  // namespace calcinode::phantom
