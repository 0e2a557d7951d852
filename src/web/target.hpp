// The target of a request: path and parameters, decoded and bounded.
#pragma once

#include <optional>
#include <string_view>

#include "web/message.hpp"

namespace calcinode::web {

// Nothing where it is no path from the root ("/..."), is too long, has a wrong escape, or a character in it
// is a control character. Segments are split before they are decoded: an escaped slash stays within its
// segment, and no segment is ever used as a path.
std::optional<Target> parse_target(std::string_view text);

}  // namespace calcinode::web
