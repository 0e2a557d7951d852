// Foreign text made fit for the figure.
#pragma once

#include <string>
#include <string_view>

namespace calcinode::report {

// The text as UTF-8 of characters that the figure's font has and that are written one after the other from
// the left: Latin, Greek, Cyrillic, punctuation. A run of anything else becomes one white square, so that the
// picture is the same on every machine and no script is shown wrongly; bytes that are not UTF-8, too. Line
// breaks, tabs and doubled spaces become one space. At most `most` characters. "" where nothing readable is
// left.
std::string showable(std::string_view utf8, std::size_t most = 64);

}  // namespace calcinode::report
