#include "notify/mllp_receiver.hpp"

#include <chrono>

#include "notify/acknowledgement.hpp"
#include "notify/hl7_message.hpp"

namespace calcinode::notify {
namespace {

constexpr char start_of_block = '\x0b', end_of_block = '\x1c';
constexpr std::size_t largest_answer = 64 << 10;

TcpClient::Deadline in_seconds(int seconds) {
    return std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
}

// What stands between the next frame bytes.
Result<std::string> read_block(TcpClient& client, const Endpoint& endpoint, TcpClient::Deadline deadline) {
    const auto failed = [&](const char* what) { return fail(to_string(endpoint) + ": " + what); };
    std::string received;
    while (true) {
        const auto more = client.read(deadline);
        if (!more) return std::unexpected(more.error());
        if (more->empty()) return failed("it ended the connection before its acknowledgement");
        received += *more;
        if (received.size() > largest_answer) return failed("its answer is longer than 64 KiB");
        const auto start = received.find(start_of_block);
        const auto end = received.find(end_of_block, start == std::string::npos ? 0 : start);
        if (start != std::string::npos && end != std::string::npos)
            return received.substr(start + 1, end - start - 1);
    }
}

}  // namespace

deliver::Sent MllpReceiver::store(const std::vector<deliver::FileToSend>& files) {
    auto client = TcpClient::connect(options_.endpoint, in_seconds(options_.timeout_s));
    if (!client) return {{}, deliver::Trouble{deliver::Trouble::Kind::unreachable, client.error().what}};
    return send_all(
        files,
        [&](const deliver::FileToSend& file, const std::string& message) -> Result<deliver::SendOutcome> {
            const auto deadline = in_seconds(options_.timeout_s);
            if (auto sent = client->write(start_of_block + message + end_of_block + '\r', deadline); !sent)
                return std::unexpected(sent.error());
            const auto answer = read_block(*client, options_.endpoint, deadline);
            if (!answer) return std::unexpected(answer.error());
            return outcome_of_acknowledgement(*answer, control_id_of(file.sop_instance_uid),
                                              options_.retry_rejected);
        });
}

}  // namespace calcinode::notify
