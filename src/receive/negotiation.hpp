// Who may open an association, and which presentation contexts it gets.
#pragma once

#include <optional>
#include <string>

#include "receive/association.hpp"
#include "receive/counts.hpp"
#include "receive/peers.hpp"
#include "receive/server.hpp"

namespace calcinode::receive {

struct Rejection {
    Refusal why;
    std::string in_words;  // for the log
};

// Why the options don't allow this association, if so: by its application context, and its AE titles.
std::optional<Rejection> why_not_allowed(const Association& association, const ServerOptions& options);
// Why there is no room for it, if so.
std::optional<Rejection> why_no_room(Peers::Place place, const Limits& limits);
// Tells the peer (PS3.8 9.3.4).
void reject(Association& association, const Rejection& rejection);

// Accepts the contexts that this SCP serves and refuses all others. In words, for the log, why the
// association can bring no image although its peer seems to want it to; "" where it can, or only asks whether
// we are there.
Result<std::string> negotiate(Association& association);

}  // namespace calcinode::receive
