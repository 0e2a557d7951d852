// All that an alert can tell of a result, and what of it the configuration wants told.
#pragma once

#include <string>
#include <string_view>

#include "base/time.hpp"
#include "config/config.hpp"
#include "dicom/study_header.hpp"
#include "report/outcome.hpp"

namespace calcinode::notify {

// References to what outlives the making of a message.
struct Facts {
    const config::Alert& alert;
    const Findings& findings;
    const dicom::StudyHeader& header;
    std::string uid;  // the alert's own: the same for the same result and receiver
    UnixMillis created = 0;
    int revision = 1;       // of the study's result
    bool corrects = false;  // the receiver was told of an earlier revision, or may have been

    bool tells(std::string_view part) const;  // one of config::Alert::parts
};

// The configured text with its placeholders filled in.
std::string text_of(const Facts& facts);

// `created` as YYYYMMDDHHMMSS in UTC.
std::string compact_time(UnixMillis when);
// ISO 8601, UTC, seconds: "2026-01-31T13:45:10Z".
std::string iso_time(UnixMillis when);

}  // namespace calcinode::notify
