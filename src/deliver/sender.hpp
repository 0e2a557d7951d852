// C-STORE SCU: sends files to one destination over one association and says for each whether it arrived.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace calcinode::deliver {

struct Destination {
    std::string name;  // as in the configuration
    std::string host;
    std::uint16_t port = 104;
    std::string called_ae;
    std::string calling_ae = "CALCINODE";
    int timeout_s = 30;
};

struct FileToSend {
    std::string sop_class_uid, sop_instance_uid;
    std::filesystem::path file;
};

enum class SendState { arrived, transient_failure, permanent_failure };

struct SendOutcome {
    SendState state = SendState::transient_failure;
    std::string what;  // for the log: status, reason, what to do
};

// One outcome a file, in order. Never throws for what the network or the peer does.
std::vector<SendOutcome> send(const Destination& destination, const std::vector<FileToSend>& files);

// C-ECHO, for `calcinode check` and for people.
Result<> echo(const Destination& destination);

}  // namespace calcinode::deliver
