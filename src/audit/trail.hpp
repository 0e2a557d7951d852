// The audit trail: events from any thread, sent to syslog by a thread of its own, in their order. Nobody
// waits for it: where the server is away or slow, a bounded number of events waits, and what comes beyond is
// counted, said in the log, and gone.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "audit/message.hpp"
#include "audit/syslog.hpp"

namespace calcinode::audit {

class Trail {
  public:
    static constexpr std::size_t most_waiting = 4096;
    // The Patient ID of a study, called by the trail's thread; must not throw.
    using PatientOf = std::function<std::string(const std::string& study_uid)>;

    Trail(SyslogOptions options, Reporter reporter, PatientOf patient_of);
    // Sends what waits for at most two seconds more.
    ~Trail();

    void record(decltype(Event::what) what);

  private:
    void run(const std::stop_token& stop);
    bool send(Event& event);

    Syslog syslog_;
    Reporter reporter_;
    PatientOf patient_of_;
    std::mutex mutex_;  // guards the two below
    std::deque<Event> waiting_;
    std::uint64_t dropped_ = 0;
    std::condition_variable_any changed_;
    bool away_ = false;  // of the thread alone
    std::jthread thread_;
};

}  // namespace calcinode::audit
