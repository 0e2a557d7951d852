#include "scene.hpp"

#include <span>

#include "analysis/kernels/gaussian.hpp"
#include "phantom/phantom.hpp"

namespace calcinode::bench {
namespace {

constexpr std::array<int, 3> size{512, 512, 200};
constexpr std::array<double, 3> spacing_mm{0.375, 0.375, 0.9};
constexpr std::int16_t bone_hu = 150, above_muscle_hu = 100;

std::vector<std::uint8_t> above(std::span<const std::int16_t> values, std::int16_t least) {
    std::vector<std::uint8_t> mask;
    mask.reserve(values.size());
    for (const auto value : values) mask.push_back(value >= least ? 1 : 0);
    return mask;
}

}  // namespace

Scene make_scene() {
    phantom::PhantomOptions options;
    options.size = size;
    options.spacing_mm = spacing_mm;
    Scene scene;
    scene.volume = phantom::make_volume(options);
    scene.block = {size, {scene.volume.hu.begin(), scene.volume.hu.end()}};
    scene.mask = above(scene.block.values, above_muscle_hu);
    scene.bone = above(kernels::gaussian(scene.block, 1, 2).values, bone_hu);
    scene.oblique = {{110, 20, 25}, {Vec3{0.7, 0.15, 0.05}, Vec3{-0.15, 0.7, 0.03}, Vec3{0.06, 0.08, 0.6}}};
    return scene;
}

}  // namespace calcinode::bench
