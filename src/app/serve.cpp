#include "app/serve.hpp"

#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "app/check.hpp"
#include "app/daemon.hpp"
#include "app/main_loop.hpp"
#include "observe/logging.hpp"
#include "observe/notify.hpp"

namespace calcinode::app {
namespace {

constexpr int exit_no_start = 1;

int run(const config::Config& config, const std::filesystem::path& config_file, MainLoop& loop) {
    warn_of_doubts(config, std::chrono::system_clock::now());
    const auto certificates = certificates_in_use(config);  // which are read once, by the start
    auto daemon = Daemon::start(config);
    if (!daemon) {
        spdlog::critical("cannot start: {}", daemon.error().what);
        return exit_no_start;
    }
    observe::notify_ready("receiving");
    loop.run(**daemon, config_file, certificates);

    observe::notify_stopping();
    spdlog::info("stopping: open associations may go on for {} s", (*daemon)->shutdown_s());
    const bool all_stopped = (*daemon)->stop();
    spdlog::info("stopped");
    if (all_stopped) return 0;
    // A thread is still within a long step and uses the daemon. All that is to outlive the process is in rows
    // already, so leave without waiting for it and without destructors.
    spdlog::default_logger()->flush();
    std::_Exit(0);
}

}  // namespace

int serve(const std::filesystem::path& config_file) {
    const auto config = config::load(config_file);
    if (!config) {
        for (const auto& mistake : config.error())
            fmt::print(stderr, "{}\n", to_string(mistake, config_file));
        return exit_bad_config;
    }
    observe::set_up_logging(config->log.level);
    std::signal(SIGPIPE, SIG_IGN);  // a peer that goes away is an error of that socket, not the end of us
    MainLoop loop;                  // before threads: they inherit its signals' handlers
    return run(*config, config_file, loop);
}

}  // namespace calcinode::app
