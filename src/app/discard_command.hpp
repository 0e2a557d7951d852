// `calcinode discard`: results that will never be delivered are given up, so that nothing waits for them.
#pragma once

#include <filesystem>
#include <string>

namespace calcinode::app {

struct DiscardRequest {
    std::filesystem::path config;
    std::string study_uid, destination;  // empty: all; at least one is named
};

// Gives up what is parked, and of destinations that are not configured any more whatever is open. The exit
// code: 0; 2 bad usage or configuration; 3 no database, or one that can't be read; 4 nothing is to be given
// up by these words.
int discard(const DiscardRequest& request);

}  // namespace calcinode::app
