// ITK's counterparts of our kernels. Nothing is copied on the way in or out, so that the time is the
// filter's.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "analysis/kernels/block.hpp"
#include "analysis/kernels/resample.hpp"

namespace calcinode::bench {

template <class Value>
struct ItkResult {
    std::shared_ptr<void> image;  // keeps the values
    std::span<const Value> values;
};

void set_itk_threads(unsigned threads);

ItkResult<std::int32_t> itk_components(const std::vector<std::uint8_t>& mask, std::array<int, 3> size);

// Signed: negative within the mask.
ItkResult<float> itk_distance_mm(const std::vector<std::uint8_t>& mask, std::array<int, 3> size,
                                 std::array<double, 3> spacing_mm);

// By a discrete kernel, and by a recursive filter. The standard deviation is in voxels.
ItkResult<std::int16_t> itk_discrete_gaussian(const kernels::Block& in, double sigma);
ItkResult<std::int16_t> itk_recursive_gaussian(const kernels::Block& in, double sigma);

ItkResult<std::int16_t> itk_resample(const kernels::Block& in, const kernels::Affine& at,
                                     std::array<int, 3> size);

// By ITK's ball of that radius, which takes in what is within half a voxel more.
ItkResult<std::int16_t> itk_open(const kernels::Block& in, unsigned radius);

}  // namespace calcinode::bench
