// The SOP classes of what this software makes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace calcinode::dicom {

// Of a kind as the configuration names it: "sr", "seg", "sc" or "ko". The figure ("sc") has one for each of
// its forms.
std::vector<std::string> object_classes(std::string_view kind);

}  // namespace calcinode::dicom
