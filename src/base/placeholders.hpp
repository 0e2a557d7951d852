// Texts with placeholders, "CALC {verdict}", that a configuration gives and a program fills in.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace calcinode {

// A name without braces, and what is put in its place.
using Placeholders = std::vector<std::pair<std::string_view, std::string>>;

// `pattern` with all placeholders filled in; "{{" and "}}" are braces. An Error for a brace that stands
// alone, or a name that is not in `values`.
Result<std::string> filled_in(std::string_view pattern, const Placeholders& values);

// One space for several, none at either end: for where a value may be empty.
std::string single_spaced(std::string text);

}  // namespace calcinode
