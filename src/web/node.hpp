// What the HTTP interface is told by the daemon it belongs to, beside the database: numbers that no row has.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.hpp"
#include "store/store.hpp"

namespace calcinode::web {

struct Named {
    std::string_view name;
    std::uint64_t count = 0;
};

// A Prometheus histogram, in seconds.
struct Durations {
    struct Bucket {
        double upto_s = 0;
        std::uint64_t count = 0;  // of those that took no longer
    };
    std::vector<Bucket> buckets;
    double sum_s = 0;
    std::uint64_t count = 0;
};

struct CertificateExpiry {
    std::string use;
    std::int64_t until_s = 0;  // since 1970
};

// Counts are since the start.
struct Live {
    UnixMillis started = 0;
    std::uint64_t connections = 0, associations = 0;
    int open_associations = 0;
    std::vector<Named> refused, ended;  // connections by why, associations by how
    std::vector<Named> instances;       // C-STORE requests by what became of them
    std::uint64_t received_bytes = 0;
    Durations analyses;
    bool stopping = false;
    bool takes_images = true;  // the spool has room
    UnixMillis last_look = 0;  // when it was last looked for complete studies, which is done twice a second
    std::vector<CertificateExpiry> certificates;
    std::uint64_t free_bytes = 0, total_bytes = 0, refuse_below_bytes = 0;  // of the disk
};

struct Patient {
    std::string name, id;
};

// Called from the server's thread alone.
struct Node {
    std::function<Live()> live;
    // The same as `calcinode status --json`.
    std::function<std::string(store::Database&)> status;
    // Not set: patients are not shown.
    std::function<std::optional<Patient>(store::Database&, const std::string& study_uid)> patient;
};

}  // namespace calcinode::web
