// The alerts of a result: made with it as files, beside its objects, and sent as they are by the outbox.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "deliver/peer.hpp"
#include "report/outcome.hpp"

namespace calcinode::notify {

struct AlertFile {
    std::string receiver;  // the alert's name in the configuration
    std::string uid;       // the same for the same result and receiver
    std::filesystem::path file;
};

// Which of a study's results an outcome is.
struct Revision {
    int number = 1;
    std::vector<std::string> told;  // who heard of an earlier one, or will
};

// Writes a message for each of `alerts` that is to be told of this outcome into `folder`: as `when` says, and
// where an earlier revision was told, in any case. `image` is one of those that were judged, `identity` what
// the result was made of. None for a study that was not analysed.
Result<std::vector<AlertFile>> write_alerts(const std::vector<config::Alert>& alerts,
                                            const report::StudyOutcome& outcome, const Revision& revision,
                                            const std::string& identity, const std::filesystem::path& image,
                                            const std::filesystem::path& folder);

// Who takes the messages of `alert`. `tls` is the configuration's own section.
std::unique_ptr<deliver::Peer> make_receiver(const config::Alert& alert, const config::Tls& tls);

// Where the alert's receiver is: a host's name or address.
std::string host_of(const config::Alert& alert);

// What is amiss with the files that hold the alert's secrets, each in a sentence.
std::vector<std::string> unreadable_secrets(const config::Alert& alert);

}  // namespace calcinode::notify
