// Tells systemd (Type=notify) how the service is doing. Without systemd nothing happens.
#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace calcinode::observe {

void notify_ready(const std::string& status);
// Until the next notify_ready.
void notify_reloading();
void notify_stopping();
// Within this time systemd wants to hear notify_alive, or starts the service anew (WatchdogSec=).
std::optional<std::chrono::microseconds> watchdog_interval();
void notify_alive();

}  // namespace calcinode::observe
