// `calcinode status`: what the node is doing, what waits, and why.
#pragma once

#include <filesystem>
#include <string>

namespace calcinode::app {

struct StatusRequest {
    std::filesystem::path config;
    std::string study_uid;  // empty: all of the node
    bool json = false;
};

// On standard output, in words or as JSON (schema "calcinode.status/1"). The exit code: 0; 2 bad usage or
// configuration; 3 no database, or one that can't be read; 4 no such study.
int status(const StatusRequest& request);

}  // namespace calcinode::app
