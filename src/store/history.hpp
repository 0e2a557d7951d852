// What people look for: studies in a list, and all that happened to one of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "store/overview.hpp"

namespace calcinode::store {

// The place of a study in the list, newest first.
struct StudyPlace {
    UnixMillis last_received = 0;
    std::string study_uid;
};

struct StudyFilter {
    std::string text;                 // part of the UID or of the reason; empty: all
    std::string state, verdict;       // empty: all
    std::optional<StudyPlace> after;  // what follows that place; none: from the newest on
    int limit = 50;
};

struct ListedStudy {
    StudyWork work;
    UnixMillis first_received = 0;
    bool urgent = false;
    std::int64_t waiting = 0, delivered = 0, parked = 0;  // deliveries
};

struct StudyJob {
    std::string state, last_error;
    int attempts = 0;
    UnixMillis created = 0;  // when the study was complete, or was to be analysed again
    std::optional<UnixMillis> began, ended;
};

struct StudyResult {
    int revision = 0;
    std::string status, verdict, reason;
    std::string folder;  // relative to the results folder
    UnixMillis created = 0;
    std::optional<UnixMillis> removed;  // from the disk
};

struct StudyDelivery {
    std::int64_t id = 0;
    int revision = 0;  // of its result
    std::string destination, sop_class_uid, sop_instance_uid, file;
    std::string state;  // of its row, or given_up
    std::string last_error;
    int attempts = 0;
    UnixMillis not_before = 0;
    std::optional<UnixMillis> sent, committed, given_up;
};

struct StudyHistory {
    ListedStudy study;
    std::int64_t conflicts = 0;                // images that came again with other bytes
    std::optional<UnixMillis> gap_since;       // since when it waits for missing slices
    std::optional<UnixMillis> images_removed;  // from the disk
    std::vector<StudyJob> jobs;                // oldest first, as the others
    std::vector<StudyResult> results;
    std::vector<StudyDelivery> deliveries;
};

}  // namespace calcinode::store
