// Points in time as the database keeps them: milliseconds since 1970-01-01 UTC.
#pragma once

#include <chrono>
#include <cstdint>

namespace calcinode {

using UnixMillis = std::int64_t;

inline UnixMillis now_ms() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace calcinode
