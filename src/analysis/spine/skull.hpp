// Where the skull ends above the spine.
#pragma once

#include "analysis/spine/straight.hpp"

namespace calcinode::spine {

// The last millimetre of s at which the occipital bone lies behind the canal, broad and on both sides, as
// nothing below it does; -1 where no skull is in view. It stands at the height of the ring of C1 (measured on
// 40 necks: 1 to 12 mm above the middle of its canal).
int lowest_occiput(const Straight& straight);

}  // namespace calcinode::spine
