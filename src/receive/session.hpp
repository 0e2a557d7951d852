// What an acknowledged association does until it ends: answers C-ECHO, takes in what C-STORE and
// N-EVENT-REPORT bring.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "receive/association.hpp"
#include "receive/command.hpp"
#include "receive/server.hpp"

namespace calcinode::receive {

struct Tally {
    std::uint64_t stored = 0, duplicates = 0, conflicts = 0, ignored = 0, refused = 0, echoes = 0,
                  reports = 0;
    void count(Outcome outcome);
};

class Session {
  public:
    // What others want to know while it runs.
    struct Watch {
        std::function<void(bool)> receiving;                // an instance begins (true), is answered (false)
        std::function<void(const std::string&)> fed_study;  // a stored instance's study
    };

    Session(Association& association, const Limits& limits, const InstanceSink& sink, Watch watch);

    // Until the peer releases or aborts, or breaks the protocol, or the socket ends; in words for the log.
    std::string run();
    const Tally& tally() const { return tally_; }

  private:
    // Whether the association goes on.
    bool one_message();
    bool echo(const Command& command, std::uint8_t context_id);
    bool store(const Command& command, std::uint8_t context_id);
    bool report(const Command& command, std::uint8_t context_id);
    // Reads the dataset to its end; false where the association ended before.
    bool receive_dataset(std::uint8_t context_id,
                         const std::function<bool(std::span<const std::byte>)>& take);
    StoreAnswer take_instance(const Command& command, std::uint8_t context_id, bool& alive);
    StoreAnswer take_into(std::unique_ptr<Intake> intake, std::uint8_t context_id, bool& alive);
    bool answer_store(const Command& command, std::uint8_t context_id, const StoreAnswer& answer);
    void log(const Command& command, const StoreAnswer& answer);
    bool end(std::string how);

    Association* association_;
    const Limits* limits_;
    const InstanceSink* sink_;
    Watch watch_;
    std::string calling_ae_;
    Tally tally_;
    int lines_ = 0;  // logged about single instances
    std::string how_it_ended_;
};

}  // namespace calcinode::receive
