// Who may open an association, and which presentation contexts it gets.
#pragma once

#include <string>

#include "receive/association.hpp"
#include "receive/server.hpp"

namespace calcinode::receive {

// Rejects the association where the options don't allow it, or where there is no room for it; the reason for
// the log. Empty: it may be accepted.
std::string reject_unless_allowed(Association& association, const ServerOptions& options, bool room);

// Accepts the contexts that this SCP serves and refuses all others.
Result<> negotiate(Association& association);

}  // namespace calcinode::receive
