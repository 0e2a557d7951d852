// TLS below our associations.
#pragma once

#include "deliver/transport.hpp"

namespace calcinode::deliver {

// `destination.tls` is set.
Result<Transport> make_tls_transport(const Destination& destination, Cutoff* cutoff);

// Both kinds of connection: see make_transport().
void prepare_socket(int socket, int timeout_s, Cutoff* cutoff);

}  // namespace calcinode::deliver
