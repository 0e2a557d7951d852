// A stack's pixels into the volume.
#pragma once

#include "assemble/assemble.hpp"
#include "assemble/stack.hpp"
#include "base/result.hpp"

namespace calcinode::assemble {

// Decodes each slice into its place in the canonical volume, on up to `threads` threads; the result does not
// depend on their number. An Error where any slice can't be read. Precondition: the stack is fit.
// A missing slice is interpolated; in the source it stands as a copy of the acquired slice before it, with
// the position where it would be.
Result<SelectedVolume> load(const Stack& stack, int threads);

}  // namespace calcinode::assemble
