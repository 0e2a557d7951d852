// Texts with placeholders, "CALC {verdict}", that a configuration gives and a program fills in.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace calcinode {

// A name without braces, and what is put in its place.
using Placeholders = std::vector<std::pair<std::string_view, std::string_view>>;

// `pattern` with all placeholders filled in, one space for several, none at either end: a value may be empty.
// An Error for a brace without its partner, or a name that is not in `values`.
Result<std::string> filled_in(std::string_view pattern, const Placeholders& values);

}  // namespace calcinode
