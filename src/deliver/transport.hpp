// The TCP connections below our associations.
#pragma once

#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmnet/dcmlayer.h>

#include <memory>

#include "deliver/peer.hpp"

namespace calcinode::deliver {

// Connections without Nagle's algorithm (with it the last segment of each message waits 40 ms for the peer's
// delayed acknowledgement), on which no single read or write takes longer than the destination's time-out.
std::unique_ptr<DcmTransportLayer> make_transport(const Destination& destination);

}  // namespace calcinode::deliver
