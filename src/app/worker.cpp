#include "app/worker.hpp"

#include <spdlog/spdlog.h>

#include <exception>

namespace calcinode::app {
namespace {

constexpr auto say_again = std::chrono::minutes(1);

}  // namespace

Worker::Worker(std::string name, std::chrono::milliseconds rest, std::function<bool(std::stop_token)> step)
    : name_(std::move(name)),
      rest_(rest),
      step_(std::move(step)),
      thread_([this](std::stop_token stop) { run(std::move(stop)); }) {}

Worker::~Worker() = default;

void Worker::ring() {
    {
        const std::scoped_lock lock(mutex_);
        rung_ = true;
    }
    wake_.notify_all();
}

void Worker::request_stop() {
    thread_.request_stop();
}

bool Worker::stopped_by(std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(mutex_);
    return wake_.wait_until(lock, deadline, [this] { return ended_; });
}

bool Worker::step_safely(std::stop_token stop) {
    try {
        const bool more = step_(std::move(stop));
        recovered();
        return more;
    } catch (const std::exception& error) {
        failed(error.what());
        return false;
    }
}

void Worker::failed(const std::string& why) {
    const auto now = std::chrono::steady_clock::now();
    if (failures_++ > 0 && now - last_logged_ < say_again) return;
    last_logged_ = now;
    spdlog::error("{}: {}; tries again every {} s", name_, why, std::chrono::duration<double>(rest_).count());
}

void Worker::recovered() {
    if (failures_ > 0) spdlog::info("{}: works again after {} failures", name_, failures_);
    failures_ = 0;
}

void Worker::run(std::stop_token stop) {
    while (!stop.stop_requested()) {
        last_moved_ = std::chrono::steady_clock::now();
        if (step_safely(stop)) continue;
        last_moved_ = std::chrono::steady_clock::now();
        std::unique_lock lock(mutex_);
        wake_.wait_for(lock, stop, rest_, [this] { return rung_; });
        rung_ = false;
    }
    const std::scoped_lock lock(mutex_);
    ended_ = true;
    wake_.notify_all();
}

}  // namespace calcinode::app
