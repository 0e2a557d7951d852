// Which objects of a result go where.
#pragma once

#include "store/store.hpp"

namespace calcinode::store {

bool is_wanted(const NewResult& result, const std::string& destination, const ObjectToDeliver& object);

}  // namespace calcinode::store
