// What an administrator wants to see of the work: how much of it is in which state, and why it waits.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace calcinode::store {

struct StateCount {
    std::string state;
    std::int64_t count = 0;
};

// A study and its newest job.
struct StudyWork {
    std::string study_uid, state, reason, verdict;
    std::int64_t instances = 0;
    UnixMillis last_received = 0;
    std::string job_state;      // empty: it has no job yet
    int attempts = 0;           // of that job, so far
    UnixMillis not_before = 0;  // when the job is due
    std::string job_error;      // why the last attempt failed
};

// The deliveries to a destination that are in one state.
struct DeliveryGroup {
    std::string destination, state;  // that of their rows, or given_up
    std::int64_t count = 0;
    UnixMillis due = 0;      // the earliest time at which one of them is to be tried
    std::string last_error;  // of the newest of them that has one
    UnixMillis oldest = 0;   // when the oldest of them was made, or last taken up again by command
};

struct ResultCount {
    std::string status, verdict;
    std::int64_t count = 0;
};

struct Overview {
    std::vector<StateCount> studies, jobs;
    std::vector<ResultCount> results;            // all that were ever made
    std::optional<UnixMillis> oldest_receiving;  // first image of the study that is incomplete for longest
    std::optional<UnixMillis> oldest_job;        // when the study that waits longest was complete
    std::int64_t instances = 0, instance_bytes = 0;  // the images kept
    std::vector<StudyWork> unfinished;               // not yet judged: those that came first first
    std::vector<StudyWork> failed;                   // newest first
    std::vector<DeliveryGroup> deliveries;           // by destination and state
};

struct StudyOverview {
    StudyWork study;
    std::vector<DeliveryGroup> deliveries;
};

}  // namespace calcinode::store
