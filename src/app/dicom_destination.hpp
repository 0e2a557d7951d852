// A peer in the configuration as deliver/ is told of it.
#pragma once

#include "config/config.hpp"
#include "deliver/peer.hpp"

namespace calcinode::app {

deliver::Destination dicom_destination(const config::Destination& configured, const config::Config& config);

// The PACS that is asked for earlier results; priors.host is set.
deliver::Destination priors_source(const config::Config& config);

}  // namespace calcinode::app
