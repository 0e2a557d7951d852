// The first pass over a study's files: their headers.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "assemble/assemble.hpp"
#include "assemble/choice.hpp"
#include "dicom/image_header.hpp"

namespace calcinode::assemble {

struct Headers {
    // Sorted by study, series and instance UID; each instance once (of several files, the first path).
    std::vector<dicom::ImageHeader> images;
    std::vector<UnreadableFile> unreadable;  // sorted by path
};

Headers read_headers(const std::vector<std::filesystem::path>& files, int threads);

// Study UID, then its series in order of UID. The candidates refer to `headers`, which must outlive them.
std::map<std::string, std::vector<Candidate>> candidates_of(const Headers& headers);

int usual_threads();  // as many as the machine runs at once, within reason

}  // namespace calcinode::assemble
