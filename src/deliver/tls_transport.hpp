// TLS below our associations.
#pragma once

#include "deliver/transport.hpp"

namespace calcinode::deliver {

// `destination.tls` is set.
Result<Transport> make_tls_transport(const Destination& destination);

// Both kinds of connection: see make_transport().
void prepare_socket(int socket, int timeout_s);

}  // namespace calcinode::deliver
