// Which method this is.
#pragma once

namespace calcinode {

// Changes whenever the same volume could give other findings; part of the identity of each result.
inline constexpr int analysis_version = 14;

}  // namespace calcinode
