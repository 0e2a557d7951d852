// The start: files and rows agree again, whatever the end before was.
#pragma once

#include <filesystem>

#include "app/result_record.hpp"
#include "spool/spool.hpp"
#include "store/store.hpp"

namespace calcinode::app {

// Before anything else uses the data folder: gives up the leases of the process before, removes what it left
// half-written, and takes in images that have no rows; after the loss of the database its results, too.
// Says in the log what there was to do. Throws store::StoreFailure.
void recover(store::Database& database, spool::Spool& spool, const std::filesystem::path& results,
             const Receivers& receivers);

}  // namespace calcinode::app
