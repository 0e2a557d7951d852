// A thread that does one kind of work again and again until it is told to stop.
//
// Threads of the daemon: main (signals, leases), those of receive, "completeness" (studies that became
// quiet), "analysis" (one study at a time, with helpers of its own), "housekeeping" (room on the disk),
// "preparation" (files to receive into), and "delivery" (one a destination); the spool has one more, which
// syncs folders. They share the database and the spool, and nothing else; a bell only shortens the wait for
// the next look at it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace calcinode::app {

class Worker {
  public:
    // Calls `step` until stopped; it returns true where there may be more to do at once, otherwise the worker
    // rests for `rest` or until ring(). A step that throws is logged, and the worker rests; a failure that
    // lasts is logged once a minute, and so is its end.
    Worker(std::string name, std::chrono::milliseconds rest, std::function<bool(std::stop_token)> step);
    ~Worker();  // stops, and waits for the step under way

    // There is something to do.
    void ring();
    // No further step is begun.
    void request_stop();
    // Whether the step under way ended before `deadline`. request_stop() comes first.
    bool stopped_by(std::chrono::steady_clock::time_point deadline);
    const std::string& name() const { return name_; }
    // When the step under way was begun, or the rest before it.
    std::chrono::steady_clock::time_point last_moved() const { return last_moved_; }

  private:
    void run(std::stop_token stop);
    bool step_safely(std::stop_token stop);
    void failed(const std::string& why);
    void recovered();

    std::string name_;
    std::chrono::milliseconds rest_;
    std::function<bool(std::stop_token)> step_;
    int failures_ = 0;  // in a row
    std::chrono::steady_clock::time_point last_logged_;
    std::mutex mutex_;
    std::condition_variable_any wake_;
    bool rung_ = false, ended_ = false;
    std::atomic<std::chrono::steady_clock::time_point> last_moved_ = std::chrono::steady_clock::now();
    std::jthread thread_;  // last: it uses all of the above
};

}  // namespace calcinode::app
