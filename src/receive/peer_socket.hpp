// A connected socket with deadlines: what stands between DCMTK and a peer that may be slow, silent or
// hostile.
//
// DCMTK 3.6.7 keeps its time-outs in process globals and can't be interrupted; here each socket has its own,
// and an event ends every wait at once. Bytes go as they are, or through TLS. Used by one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/fd.hpp"
#include "base/result.hpp"
#include "receive/channel.hpp"

struct ssl_ctx_st;

namespace calcinode::receive {

class PeerSocket {
  public:
    enum class End { none, closed_by_peer, too_slow, stopped };

    // `socket` is connected and non-blocking; `stop_event` becomes readable when all is to end.
    PeerSocket(Fd socket, int stop_event, std::chrono::seconds idle_timeout);

    // Everything goes through TLS from here on. Why not, where that can't be agreed on.
    Result<> start_tls(ssl_ctx_st& context);
    // All of `out`, within the idle time-out; false: see end().
    bool read_exactly(std::span<std::byte> out);
    bool write_all(std::span<const std::byte> bytes);
    bool wait_readable(std::chrono::milliseconds longest);
    // Bytes that the next read_exactly gets before those of the network.
    void put_back(std::vector<std::byte> bytes);
    void close();

    int get() const { return socket_.get(); }
    const Channel& channel() const { return *channel_; }
    End end() const { return end_; }
    std::uint64_t bytes_read() const { return bytes_read_; }
    // Of each read and write.
    void set_timeout(std::chrono::seconds timeout) { timeout_ = timeout; }
    // Of all reads and writes together, from now on; nothing given: none.
    void set_deadline(std::optional<std::chrono::seconds> from_now = std::nullopt);

  private:
    using Clock = std::chrono::steady_clock;
    // False where the deadline passed or the stop event came.
    bool wait_for(short events, Clock::time_point deadline);
    // The same for what a channel asks for; false also where the connection has ended.
    bool wait_as(Channel::Then then, Clock::time_point deadline);
    void acknowledge_at_once() const;

    Fd socket_;
    std::unique_ptr<Channel> channel_;
    int stop_event_;
    std::chrono::seconds timeout_;
    Clock::time_point deadline_ = Clock::time_point::max();
    End end_ = End::none;
    std::uint64_t bytes_read_ = 0;
    std::vector<std::byte> ahead_;
    std::size_t ahead_used_ = 0;
};

}  // namespace calcinode::receive
