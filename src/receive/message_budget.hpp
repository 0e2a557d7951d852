// What one message may cost: a time, so that a drip of bytes holds no association for ever, and a number of
// tiny fragments, so that a flood of empty ones costs no more than their being read.
#pragma once

#include <chrono>
#include <cstddef>

namespace calcinode::receive {

class MessageBudget {
  public:
    explicit MessageBudget(std::chrono::seconds longest) : longest_(longest) {}

    // A new message: its time begins with its first fragment.
    void begin() { fragments_ = tiny_ = 0; }
    bool begun() const { return fragments_ > 0; }
    void count(std::size_t bytes, bool last) {
        if (fragments_++ == 0) since_ = Clock::now();
        if (bytes < tiny_bytes && !last) ++tiny_;
    }
    bool too_slow() const { return begun() && Clock::now() - since_ > longest_; }
    bool too_many_tiny() const { return tiny_ > most_tiny; }

  private:
    using Clock = std::chrono::steady_clock;

    // Senders fill their PDUs, but for the last of each message; the smallest PDU allowed (PS3.8 annex D) is
    // not stated, the smallest in use 4 KiB. Some send a dataset's short elements one by one.
    static constexpr std::size_t tiny_bytes = 64;
    static constexpr int most_tiny = 4096;

    std::chrono::seconds longest_;
    Clock::time_point since_;
    long fragments_ = 0;
    int tiny_ = 0;
};

}  // namespace calcinode::receive
