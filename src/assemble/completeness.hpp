// A cheap look at a study that may still be arriving: is anything missing between its slices?
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace calcinode::assemble {

struct Completeness {
    // There is a series that could be analysed, or could be when more of its slices have arrived. Where not
    // (no CT, localizers, derived images only), no more slices of what is there would help.
    bool anything_to_analyse = false;
    // The series with the most slices missing between those that are there. Slices missing at either end
    // can't be seen.
    int missing_slices = 0;
    std::string gap;  // in words; empty where nothing is missing
};

// Reads headers only, no pixels; unreadable files are passed over.
Completeness look_for_gaps(const std::vector<std::filesystem::path>& files);

}  // namespace calcinode::assemble
