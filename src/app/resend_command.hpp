// `calcinode resend`: results that a PACS refused, or lost, are sent to it again.
#pragma once

#include <filesystem>
#include <string>

namespace calcinode::app {

struct ResendRequest {
    std::filesystem::path config;
    std::string study_uid, destination;  // empty: all
    bool only_parked = false;
};

// The exit code: 0; 2 bad usage or configuration; 3 no database, or one that can't be read; 4 nothing is to
// be sent again by these words.
int resend(const ResendRequest& request);

}  // namespace calcinode::app
