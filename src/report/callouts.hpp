// Arrow and numbers that point at targets on an image, each where it covers as little as possible.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/panel.hpp"

namespace calcinode::report {

// An arrow with a number at its tail. Its tip ends just outside the target. It comes from where `preferred`
// points to (away from the target) where nothing speaks against that. Nothing where the image does not show
// the target.
void point_at(Panel& panel, std::size_t target, Point preferred, const std::string& number);

// The target's number beside it, with a thin line to it where it stands off.
void put_number(Panel& panel, std::size_t target, const std::string& number);

}  // namespace calcinode::report
