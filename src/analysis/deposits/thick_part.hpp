// What is thick of an outline: a lump beside a plate or a process of bone that is as dense as itself.
#pragma once

#include <cstddef>
#include <vector>

#include "analysis/volume.hpp"

namespace calcinode::deposits {

// Deposits are lumps; the bones that their outlines run out into are thin beside them: the skull's plate,
// spinous processes, ribs. This is what a ball reaches inside the outline (offsets, ascending, not empty),
// with 0.6 times the radius of the largest ball that fits, around that one; ascending. Nothing where nothing
// is thick, or nearly all of it.
std::vector<std::size_t> thick_part(const Grid& grid, const std::vector<std::size_t>& outline);

}  // namespace calcinode::deposits
