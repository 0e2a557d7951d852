// The one place that turns what the spool says into DIMSE statuses:
//
//   kept                     0000H
//   kept before, same bytes  0000H
//   kept before, other bytes B000H  the first stays; a warning, because these bytes are not stored
//   no_space, storage_failed A700H  the sender may try again later
//   wrong_class, identity_mismatch A900H
//   not_understood           C000H  the sender should not try again
//   own_object               0000H  dropped: any failure would make a PACS that routes results back try for
//   ever
#pragma once

#include <string>
#include <vector>

#include "receive/server.hpp"
#include "spool/spool.hpp"

namespace calcinode::app {

receive::StoreAnswer answer_to(const std::expected<spool::Kept, spool::Rejected>& committed);

// A sink that stores into `spool`, which must outlive it and is used from several threads. Urgent is what is
// sent with Priority HIGH, or by one of `urgent_callers` (AE titles).
receive::InstanceSink sink_into(spool::Spool& spool, std::vector<std::string> urgent_callers = {});

}  // namespace calcinode::app
