// What an A-ASSOCIATE-RJ says (PS3.8 9.3.4), in words that say what to do.
#pragma once

#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmnet/assoc.h>

#include "deliver/peer.hpp"

namespace calcinode::deliver {

// "PACS at host:port", for the log.
std::string place_of(const Destination& destination);

Trouble trouble_of_rejection(const Destination& destination, T_ASC_Parameters& parameters);

}  // namespace calcinode::deliver
