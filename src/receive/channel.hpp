// How bytes travel between a connected, non-blocking socket and PeerSocket: as they are, or through TLS.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace calcinode::receive {

class Channel {
  public:
    // What one try came to. Where nothing moved, what to wait for before the next: TLS may have to write in
    // order to read.
    enum class Then { again, wait_readable, wait_writable, closed };
    struct Moved {
        std::size_t bytes = 0;
        Then then = Then::again;
    };

    virtual ~Channel() = default;
    virtual Moved read(std::span<std::byte> out) = 0;
    virtual Moved write(std::span<const std::byte> bytes) = 0;
    // Bytes that were taken off the socket and not read yet: then waiting for the socket would be wrong.
    virtual bool holds_bytes() const { return false; }
    virtual bool is_transparent() const { return true; }
    // In words for the log; "": a plain one.
    virtual std::string description() const { return ""; }
};

// The bytes as they are.
class PlainChannel final : public Channel {
  public:
    explicit PlainChannel(int socket) : socket_(socket) {}
    Moved read(std::span<std::byte> out) override;
    Moved write(std::span<const std::byte> bytes) override;

  private:
    int socket_;
};

// After its end.
class ClosedChannel final : public Channel {
  public:
    Moved read(std::span<std::byte>) override { return {.bytes = 0, .then = Then::closed}; }
    Moved write(std::span<const std::byte>) override { return {.bytes = 0, .then = Then::closed}; }
};

}  // namespace calcinode::receive
