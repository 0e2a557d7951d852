// Audit trail messages of DICOM PS3.15 A.5, as XML.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "base/time.hpp"

namespace calcinode::audit {

// A.5.3.1
struct Application {
    bool started = true;  // else stopped
};
// A.5.3.11, Node Authentication: somebody who is not let in.
struct NotLetIn {
    std::string address;
    std::string why;  // names no patient
};
// A.5.3.7: instances of a study that came in, or results that went out.
struct Transferred {
    bool received = true;
    std::string peer;     // address or host
    std::string peer_ae;  // "" where it has none: an alert's receiver
    std::string study_uid;
    std::string sop_class_uid;  // "" where there were several or none
    std::uint64_t instances = 0;
    std::string patient_id;  // filled in late, see trail.hpp
};

struct Event {
    UnixMillis when = 0;
    std::variant<Application, NotLetIn, Transferred> what;
};

// Who reports.
struct Reporter {
    std::string ae_title;
    std::string source_id;  // Audit Source ID
    std::string host;
    int process = 0;
};

std::string xml(const Event& event, const Reporter& reporter);

}  // namespace calcinode::audit
