#include "app/node_status.hpp"

#include <sys/statvfs.h>

#include "app/running_daemon.hpp"
#include "base/units.hpp"

namespace calcinode::app {

Disk disk_of(const config::Config& config) {
    Disk disk{.refuse_below_bytes = static_cast<std::uint64_t>(config.receive.minimum_free_mib) * mib};
    struct statvfs system {};
    if (::statvfs(config.node.data_dir.c_str(), &system) == 0) {
        disk.free_bytes = std::uint64_t{system.f_bavail} * system.f_frsize;
        disk.total_bytes = std::uint64_t{system.f_blocks} * system.f_frsize;
        disk.images_refused = disk.free_bytes < disk.refuse_below_bytes;
    }
    disk.images_refused = disk.images_refused || images_are_refused(config.node.data_dir);
    return disk;
}

NodeStatus status_of(const config::Config& config, store::Database& database, bool daemon_runs) {
    return {now_ms(),
            config.node.data_dir,
            daemon_runs,
            disk_of(config),
            database.overview(),
            database.destinations(),
            config::receivers_of(config),
            config.retention};
}

}  // namespace calcinode::app
