// Tells systemd (Type=notify) how the service is doing. Without systemd nothing happens.
#pragma once

#include <string>

namespace calcinode::observe {

void notify_ready(const std::string& status);
void notify_stopping();

}  // namespace calcinode::observe
