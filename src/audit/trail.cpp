#include "audit/trail.hpp"

#include <spdlog/spdlog.h>

#include <chrono>

namespace calcinode::audit {
namespace {

constexpr std::chrono::seconds retry_every{5};
constexpr std::chrono::seconds longest_end{2};

}  // namespace

Trail::Trail(SyslogOptions options, Reporter reporter, PatientOf patient_of)
    : syslog_(std::move(options)),
      reporter_(std::move(reporter)),
      patient_of_(std::move(patient_of)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Trail::~Trail() {
    {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, longest_end, [this] { return waiting_.empty(); });
    }
    thread_.request_stop();
    thread_.join();
    if (!waiting_.empty()) spdlog::warn("audit: {} events were not sent any more", waiting_.size());
}

void Trail::record(decltype(Event::what) what) {
    const std::scoped_lock lock(mutex_);
    if (waiting_.size() >= most_waiting) {
        if (dropped_++ == 0)
            spdlog::error("audit: {} events wait for the syslog server; further ones ARE LOST", most_waiting);
        return;
    }
    waiting_.push_back({now_ms(), std::move(what)});
    changed_.notify_all();
}

void Trail::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
        auto& first = waiting_.front();  // stays where it is: others only append
        lock.unlock();
        const bool sent = send(first);
        lock.lock();
        if (!sent) {
            if (stop.stop_requested()) return;
            changed_.wait_for(lock, stop, retry_every, [] { return false; });
            continue;
        }
        waiting_.pop_front();
        if (dropped_ > 0 && waiting_.empty())
            spdlog::error("audit: {} events were lost while the syslog server was away",
                          std::exchange(dropped_, 0));
        changed_.notify_all();
    }
}

bool Trail::send(Event& event) {
    if (auto* const transfer = std::get_if<Transferred>(&event.what);
        transfer && transfer->patient_id.empty())
        transfer->patient_id = patient_of_(transfer->study_uid);
    const auto sent =
        syslog_.send(syslog_message(xml(event, reporter_), event.when, reporter_.host, reporter_.process));
    if (!sent && !away_)
        spdlog::warn("audit: the syslog server takes nothing, tried again: {}", sent.error().what);
    if (sent && away_) spdlog::info("audit: the syslog server takes messages again");
    away_ = !sent;
    return sent.has_value();
}

}  // namespace calcinode::audit
