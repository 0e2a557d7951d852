// Result rows, and the deliveries they bring with them. Private to this folder.
#pragma once

#include "store/connection.hpp"

namespace calcinode::store {

// The error of a delivery that forget() gave up.
inline constexpr const char* forgotten_by_command = "its study was forgotten by command";

// Within a transaction: adds the result as its study's next revision, and its deliveries. False, and nothing
// is done, where the study has a result of this identity: made before, its deliveries exist.
bool add_result(Database::Connection& connection, const NewResult& result);

}  // namespace calcinode::store
