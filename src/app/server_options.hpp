// What the configuration says of the network's edge, in the terms of receive/.
#pragma once

#include "config/config.hpp"
#include "receive/server.hpp"

namespace calcinode::app {

receive::ServerOptions server_options(const config::Config& config);

}  // namespace calcinode::app
