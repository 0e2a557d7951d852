#include "observe/notify.hpp"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace calcinode::observe {

void notify_ready(const std::string& status) {
    sd_notify(0, ("READY=1\nSTATUS=" + status).c_str());
}

void notify_reloading() {
    sd_notify(0, "RELOADING=1");
}

void notify_stopping() {
    sd_notify(0, "STOPPING=1");
}

std::optional<std::chrono::microseconds> watchdog_interval() {
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
    return std::chrono::microseconds(microseconds);
}

void notify_alive() {
    sd_notify(0, "WATCHDOG=1");
}

}  // namespace calcinode::observe
