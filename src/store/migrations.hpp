// The schema's SQL, embedded at build time: text N-1 takes a database from schema N-1 to N.
#pragma once

#include <span>

namespace calcinode::store {

std::span<const char* const> migrations();

}  // namespace calcinode::store
