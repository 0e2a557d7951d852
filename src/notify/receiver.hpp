// A receiver of alerts as the outbox sees it: it takes messages, one file each, and commits itself to
// nothing.
#pragma once

#include "deliver/peer.hpp"

namespace calcinode::notify {

class Receiver : public deliver::Peer {
  public:
    std::optional<deliver::Trouble> ask_commitment(const std::string&,
                                                   const std::vector<dicom::InstanceReference>&) final {
        return deliver::Trouble{deliver::Trouble::Kind::refused, "alerts know no storage commitment"};
    }
    void attend() final {}  // no connection outlives store()

  protected:
    // The file's content; an Error says why the alert can't be sent. No message of ours comes near 1 MiB.
    static Result<std::string> content_of(const deliver::FileToSend& file);
    // Sends each of `files` by `send` (a SendOutcome, or an Error where the line broke) until one breaks the
    // line: that one waits for its turn, so that it can't hold up the others for ever, and so does the
    // receiver.
    template <class Send>
    static deliver::Sent send_all(const std::vector<deliver::FileToSend>& files, Send&& send) {
        deliver::Sent sent;
        for (const auto& file : files) {
            const auto content = content_of(file);
            if (!content) {
                sent.outcomes.push_back({deliver::state_of_unread(file.file), content.error().what});
                continue;
            }
            Result<deliver::SendOutcome> outcome = send(file, *content);
            if (outcome) {
                sent.outcomes.push_back(std::move(*outcome));
                continue;
            }
            sent.outcomes.push_back({deliver::SendState::transient_failure, outcome.error().what});
            sent.trouble = {deliver::Trouble::Kind::unreachable, outcome.error().what};
            break;
        }
        return sent;
    }
};

}  // namespace calcinode::notify
