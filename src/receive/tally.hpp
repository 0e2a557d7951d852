// What an association has brought, for the line that the log gives it.
#pragma once

#include <cstdint>

#include "receive/server.hpp"

namespace calcinode::receive {

struct Tally {
    std::uint64_t stored = 0, duplicates = 0, conflicts = 0, ignored = 0, refused = 0, echoes = 0,
                  reports = 0;
    void count(Outcome outcome);
};

}  // namespace calcinode::receive
