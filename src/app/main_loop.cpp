#include "app/main_loop.hpp"

// One thread runs the io_context, so it needs no fences; ThreadSanitizer does not know them.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#include <utility>
// Boost 1.74's Asio uses std::exchange without including <utility>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <functional>

#include "base/memory.hpp"
#include "observe/notify.hpp"

namespace calcinode::app {
namespace {

using namespace std::chrono_literals;
using Duration = std::chrono::steady_clock::duration;

constexpr auto lease_extension_interval = 20s;
// Signs of life for the data folder; a container is asked every 30 s.
constexpr auto sign_interval = 10s;
// Seldom enough to cost an analysis nothing, which needs again what it freed.
constexpr auto memory_interval = 10s;
// Often enough to be seen by somebody, and no oftener.
constexpr auto certificate_interval = 24h;
// A thread that has not moved for so long is stuck, where no watchdog says how long.
constexpr Duration stuck_after = 3min;
// So many signs in the watchdog's time, so that one that comes late is not the end.
constexpr int signs_in_watchdog_time = 4;

// Calls `work` again and again.
class Every {
  public:
    enum class First { at_once, after_interval };
    Every(boost::asio::io_context& context, Duration interval, std::function<void()> work,
          First first = First::at_once)
        : timer_(context), interval_(interval), work_(std::move(work)) {
        if (first == First::at_once) work_();
        wait();
    }

  private:
    void wait() {
        timer_.expires_after(interval_);
        timer_.async_wait([this](const boost::system::error_code& error) {
            if (error) return;
            work_();
            wait();
        });
    }

    boost::asio::steady_timer timer_;
    Duration interval_;
    std::function<void()> work_;
};

void extend_leases(Daemon& daemon) {
    try {
        daemon.extend_leases();
    } catch (const store::StoreFailure& failure) {
        spdlog::error("cannot extend the analysis lease: {}", failure.what());
    }
}

// Tells all who ask that the node lives, unless it does not.
class SignsOfLife {
  public:
    SignsOfLife(Daemon& daemon, Duration bound) : daemon_(&daemon), bound_(bound) {}

    void give() {
        const auto stuck = daemon_->what_is_stuck(bound_);
        if (!stuck) {
            said_ = false;
            observe::notify_alive();
            daemon_->touch();
        } else if (!std::exchange(said_, true)) {
            spdlog::critical(
                "{}; the watchdog is told no more that all is well, and starts the node anew where there is "
                "one",
                *stuck);
        }
    }

  private:
    Daemon* daemon_;
    Duration bound_;
    bool said_ = false;
};

void read_again(Daemon& daemon, const std::filesystem::path& config_file) {
    observe::notify_reloading();
    if (const auto config = config::load(config_file)) {
        daemon.reload(*config);
    } else {
        for (const auto& mistake : config.error()) spdlog::error("{}", to_string(mistake, config_file));
        spdlog::error("the configuration has mistakes and stays as it was");
    }
    observe::notify_ready("receiving");
}

}  // namespace

struct MainLoop::Parts {
    boost::asio::io_context context;
    boost::asio::signal_set signals{context, SIGTERM, SIGINT, SIGHUP};

    void await_signal(Daemon& daemon, const std::filesystem::path& config_file) {
        signals.async_wait([&](const boost::system::error_code& error, int signal) {
            if (error || signal != SIGHUP) return context.stop();
            read_again(daemon, config_file);
            await_signal(daemon, config_file);
        });
    }
};

MainLoop::MainLoop() : parts_(std::make_unique<Parts>()) {}
MainLoop::~MainLoop() = default;

void MainLoop::run(Daemon& daemon, const std::filesystem::path& config_file,
                   const std::vector<CertificateInUse>& certificates) {
    auto& context = parts_->context;
    const auto watchdog = observe::watchdog_interval();
    SignsOfLife signs(daemon, watchdog ? Duration(*watchdog) : stuck_after);
    const Every leases(context, lease_extension_interval, [&] { extend_leases(daemon); });
    const Every life(context,
                     watchdog ? std::min<Duration>(sign_interval, *watchdog / signs_in_watchdog_time)
                              : Duration(sign_interval),
                     [&] { signs.give(); });
    const Every memory(context, memory_interval, return_freed_memory);
    const Every dates(  // the start has told of them
        context, certificate_interval,
        [&] { warn_of_expiry(certificates, std::chrono::system_clock::now()); },
        Every::First::after_interval);
    parts_->await_signal(daemon, config_file);
    context.run();
}

}  // namespace calcinode::app
