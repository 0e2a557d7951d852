#include "app/serve.hpp"

// One thread runs the io_context, so it needs no fences; ThreadSanitizer does not know them.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#include <utility>
// Boost 1.74's Asio uses std::exchange without including <utility>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <spdlog/spdlog.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "app/check.hpp"
#include "app/daemon.hpp"
#include "observe/logging.hpp"
#include "observe/notify.hpp"

namespace calcinode::app {
namespace {

constexpr auto lease_extension_interval = std::chrono::seconds(20);
constexpr int exit_no_start = 1;

// Keeps leases alive until the administrator or the system asks for a stop. Nothing here takes long.
void run_until_signal(boost::asio::io_context& context, boost::asio::signal_set& signals, Daemon& daemon) {
    boost::asio::steady_timer timer(context);
    std::function<void()> extend_later = [&] {
        timer.expires_after(lease_extension_interval);
        timer.async_wait([&](const boost::system::error_code& error) {
            if (error) return;
            try {
                daemon.extend_leases();
            } catch (const store::StoreFailure& failure) {
                spdlog::error("cannot extend the analysis lease: {}", failure.what());
            }
            extend_later();
        });
    };
    extend_later();
    signals.async_wait([&](const boost::system::error_code&, int) { context.stop(); });
    context.run();
}

int run(const config::Config& config, boost::asio::io_context& context, boost::asio::signal_set& signals) {
    auto daemon = Daemon::start(config);
    if (!daemon) {
        spdlog::critical("cannot start: {}", daemon.error().what);
        return exit_no_start;
    }
    observe::notify_ready("receiving");
    run_until_signal(context, signals, **daemon);

    observe::notify_stopping();
    spdlog::info("stopping: open associations may go on for {} s", config.receive.shutdown_s);
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
    boost::asio::io_context context;
    boost::asio::signal_set signals(context, SIGTERM, SIGINT);  // before threads: they inherit the handlers
    return run(*config, context, signals);
}

}  // namespace calcinode::app
