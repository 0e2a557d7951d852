// The TCP connections below our associations, plain or by TLS.
#pragma once

#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmnet/dcmlayer.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "deliver/peer.hpp"

namespace calcinode::deliver {

class Cutoff;

struct Transport {
    std::unique_ptr<DcmTransportLayer> layer;
    // Why the peer's certificate was not accepted, in words; empty: it was, or none was asked for.
    std::shared_ptr<const std::string> certificate_mistake;
};

// Connections without Nagle's algorithm (with it the last segment of each message waits 40 ms for the peer's
// delayed acknowledgement), on which no single read or write takes longer than the destination's time-out.
// With TLS as in base/tls.hpp. Certificates are read anew each time, so that renewed ones need no restart; an
// Error where one of our files can't be used. A connection is given to `cutoff` before anything is said on
// it.
Result<Transport> make_transport(const Destination& destination, Cutoff* cutoff = nullptr);

}  // namespace calcinode::deliver
