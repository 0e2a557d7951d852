// Reproducible randomness: numbers in an order, and fields in space. The same seed gives the same values on
// every machine and for every number of threads.
#pragma once

#include <cstdint>
#include <vector>

#include "phantom/shapes.hpp"

namespace calcinode::phantom {

// Mixes a counter to 64 good bits (the finaliser of SplitMix64).
constexpr std::uint64_t mixed(std::uint64_t v) {
    v += 0x9E3779B97F4A7C15ULL;
    v = (v ^ (v >> 30)) * 0xBF58476D1CE4E5B9ULL;
    v = (v ^ (v >> 27)) * 0x94D049BB133111EBULL;
    return v ^ (v >> 31);
}

class Random {
  public:
    explicit Random(std::uint64_t seed) : state_(mixed(seed)) {}
    float uniform(float low, float high);
    // 1 plus or minus up to `part`: for sizes.
    float about_one(float part) { return uniform(1 - part, 1 + part); }

  private:
    std::uint64_t state_;
};

// Nearly Gaussian, mean 0, standard deviation 1: a function of its arguments only.
float gaussian_at(std::uint64_t seed, std::uint64_t index);

// Smooth random values in [-1, 1], with features about 1 unit large; repeats after 32 units.
class NoiseField {
  public:
    explicit NoiseField(std::uint64_t seed);
    float at(Point p) const;

  private:
    static constexpr int side = 32;
    float lattice(int i, int j, int k) const {
        constexpr int mask = side - 1;
        return values_[static_cast<std::size_t>(((k & mask) * side + (j & mask)) * side + (i & mask))];
    }
    std::vector<float> values_;
};

}  // namespace calcinode::phantom
