// What `calcinode status` shows: values, gathered at one instant.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "config/config.hpp"
#include "store/store.hpp"

namespace calcinode::app {

struct Disk {
    std::uint64_t free_bytes = 0, total_bytes = 0;  // for the user that asks
    std::uint64_t refuse_below_bytes = 0;           // receive.minimum_free_mib
    bool images_refused = false;                    // now, for want of room or after a write that failed
};

struct NodeStatus {
    UnixMillis now = 0;
    std::filesystem::path data_dir;
    bool daemon_runs = false;
    Disk disk;
    store::Overview work;
    std::vector<store::DestinationRow> destinations;
    std::vector<std::string> configured;  // names of the configuration's destinations
    config::Retention retention;
};

Disk disk_of(const config::Config& config);
NodeStatus status_of(const config::Config& config, store::Database& database, bool daemon_runs);

struct StudyStatus {
    UnixMillis now = 0;
    store::StudyOverview work;
    std::vector<store::DestinationRow> destinations;
    std::vector<std::string> configured;
};

// JSON, schema "calcinode.status/1", and with a study "calcinode.study-status/1".
std::string in_json(const NodeStatus& status);
std::string in_json(const StudyStatus& status);

}  // namespace calcinode::app
