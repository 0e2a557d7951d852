// A peer in the configuration as deliver/ is told of it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "deliver/peer.hpp"

namespace calcinode::app {

deliver::Destination dicom_destination(const config::Destination& configured, const config::Config& config);

// Of destinations that do not get all kinds of objects: the SOP classes of those that they get.
std::map<std::string, std::vector<std::string>> wanted_classes(
    const std::vector<config::Destination>& destinations);

// The PACS that is asked for earlier results; priors.host is set.
deliver::Destination priors_source(const config::Config& config);

}  // namespace calcinode::app
