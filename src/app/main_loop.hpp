// The daemon's main thread between its start and its stop: signals, leases, and signs of life.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "app/certificates.hpp"
#include "app/daemon.hpp"

namespace calcinode::app {

// Until SIGTERM or SIGINT. SIGHUP has the configuration read again. As long as nothing is stuck, systemd's
// watchdog and the data folder (for `calcinode healthcheck`) are told so.
class MainLoop {
  public:
    // Signals are caught from here on; before any thread is started, so that all inherit it.
    MainLoop();
    ~MainLoop();
    // `certificates`: of whose end the log is to tell in time.
    void run(Daemon& daemon, const std::filesystem::path& config_file,
             const std::vector<CertificateInUse>& certificates);

  private:
    struct Parts;
    std::unique_ptr<Parts> parts_;
};

}  // namespace calcinode::app
