// Who answers which request. `parts` are the segments of the path where the route has a *.
#pragma once

#include <string>
#include <vector>

#include "web/context.hpp"
#include "web/message.hpp"

namespace calcinode::web {

using Parts = std::vector<std::string>;

// GET, open to everybody
Answer page(Context&, const Request&, const Parts&);
Answer script(Context&, const Request&, const Parts&);
Answer style(Context&, const Request&, const Parts&);
Answer icon(Context&, const Request&, const Parts&);
Answer openapi(Context&, const Request&, const Parts&);
Answer healthz(Context&, const Request&, const Parts&);
Answer readyz(Context&, const Request&, const Parts&);
// GET
Answer metrics(Context&, const Request&, const Parts&);
Answer node(Context&, const Request&, const Parts&);
Answer events(Context&, const Request&, const Parts&);
Answer studies(Context&, const Request&, const Parts&);
Answer study(Context&, const Request&, const Parts&);
Answer figure(Context&, const Request&, const Parts&);
Answer object(Context&, const Request&, const Parts&);
// POST
Answer resend(Context&, const Request&, const Parts&);
Answer reanalyze(Context&, const Request&, const Parts&);
Answer park(Context&, const Request&, const Parts&);
Answer release(Context&, const Request&, const Parts&);
Answer discard(Context&, const Request&, const Parts&);
Answer release_destination(Context&, const Request&, const Parts&);
Answer discard_destination(Context&, const Request&, const Parts&);

}  // namespace calcinode::web
