// What an acknowledged association does until it ends: answers C-ECHO, takes in what C-STORE and
// N-EVENT-REPORT bring.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "receive/association.hpp"
#include "receive/command.hpp"
#include "receive/counts.hpp"
#include "receive/message_budget.hpp"
#include "receive/server.hpp"
#include "receive/tally.hpp"

namespace calcinode::receive {

class Session {
  public:
    // What others want to know while it runs.
    struct Watch {
        std::function<void(bool)> receiving;                // an instance begins (true), is answered (false)
        std::function<void(const std::string&)> fed_study;  // a stored instance's study
    };

    Session(Association& association, const Limits& limits, const InstanceSink& sink, Watch watch);

    // Until the peer releases or aborts, or breaks the protocol, or the socket ends.
    Ending run();
    // The same for the log.
    std::string how_it_ended() const;
    const Tally& tally() const { return tally_; }

  private:
    using Clock = std::chrono::steady_clock;

    // Whether the association goes on.
    bool one_message();
    bool echo(const Command& command, std::uint8_t context_id);
    bool store(const Command& command, std::uint8_t context_id);
    bool report(const Command& command, std::uint8_t context_id);
    // The next one of the message; false where none comes, or the message costs more than it may.
    bool next_fragment(Fragment& fragment);
    // Reads the dataset to its end; false where the association ended before.
    bool receive_dataset(std::uint8_t context_id,
                         const std::function<bool(std::span<const std::byte>)>& take);
    std::expected<std::unique_ptr<Intake>, StoreAnswer> begin(const Command& command,
                                                              std::uint8_t context_id) const;
    StoreAnswer take_dataset(std::expected<std::unique_ptr<Intake>, StoreAnswer>& intake,
                             std::uint8_t context_id, bool& alive);
    bool answer(const Command& command, std::uint8_t context_id, std::uint16_t status,
                const std::string& comment);
    void log(const Command& command, const StoreAnswer& answer);
    // Remembers the first reason given, in words where its name does not say enough. Always false.
    bool end(Ending how, std::string in_words = "");
    bool abort(Ending how, std::string in_words);

    Association* association_;
    const Limits* limits_;
    const InstanceSink* sink_;
    Watch watch_;
    std::string calling_ae_;
    Clock::time_point begin_ = Clock::now();
    MessageBudget message_;
    Tally tally_;
    int lines_ = 0;  // logged about single instances
    std::optional<Ending> ending_;
    std::string in_words_;
};

}  // namespace calcinode::receive
