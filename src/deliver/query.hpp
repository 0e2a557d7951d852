// C-FIND and C-GET in the Study Root model, as SCU. Whatever a peer answers is bounded in number and size.
#pragma once

#include <functional>
#include <set>
#include <string>

#include "base/result.hpp"
#include "deliver/association.hpp"

namespace calcinode::deliver {

// What an association for find() and get() has to propose.
std::set<std::string> query_classes();

using TakeDataset = std::function<void(DcmItem&)>;

// Both give each data set that comes to `take`. An Error, in words, where the peer refuses, sends what is
// malformed or too much of it, or breaks off; the association is then of no use.
Result<> find(Association& association, DcmDataset& keys, const TakeDataset& take);
// The objects come on the same association: their classes must have been proposed as received ones.
Result<> get(Association& association, DcmDataset& keys, const TakeDataset& take);

}  // namespace calcinode::deliver
