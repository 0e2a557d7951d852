// IP addresses and networks as lists of who may connect name them: 10.1.2.3, 10.1.0.0/16, 2001:db8::/32.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>

#include "base/result.hpp"

struct sockaddr;

namespace calcinode {

// IPv4 or IPv6. An IPv4 address that comes in an IPv6 one (::ffff:10.1.2.3, as a socket for both shows it) is
// the same as the plain one.
class IpAddress {
  public:
    IpAddress() = default;  // ::
    static Result<IpAddress> parse(const std::string& text);
    // `address`: of family AF_INET or AF_INET6; of any other the result is "::", which no peer has.
    static IpAddress of(const sockaddr& address);

    std::string str() const;
    bool is_ipv4() const;
    bool is_loopback() const;  // 127.0.0.0/8 or ::1
    friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

  private:
    friend class IpNetwork;
    std::array<std::uint8_t, 16> bytes_{};  // network order; IPv4 in its mapped form
};

// The addresses that begin with the same bits.
class IpNetwork {
  public:
    // "ADDRESS/BITS", or an address alone, which is a network of one. Bits beyond BITS must be 0, since
    // "10.1.2.3/16" could mean one machine or a network.
    static Result<IpNetwork> parse(const std::string& text);
    bool contains(const IpAddress& address) const;

  private:
    IpAddress first_;
    int bits_ = 128;  // of the 16 bytes
};

}  // namespace calcinode
