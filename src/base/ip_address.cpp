#include "base/ip_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace calcinode {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

constexpr Bytes mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};  // RFC 4291 2.5.5.2
constexpr std::size_t prefix_bytes = 12;
constexpr int ipv4_bits = 32, ipv6_bits = 128;

Bytes mapped(const in_addr& address) {
    Bytes bytes = mapped_prefix;
    const auto* const from = reinterpret_cast<const std::uint8_t*>(&address.s_addr);
    std::copy_n(from, sizeof address.s_addr, bytes.begin() + prefix_bytes);
    return bytes;
}

Bytes bytes_of(const in6_addr& address) {
    Bytes bytes{};
    std::copy_n(std::begin(address.s6_addr), bytes.size(), bytes.begin());
    return bytes;
}

// The first `bits` bits, the others 0.
Bytes masked(Bytes bytes, int bits) {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const int kept = std::clamp(bits - static_cast<int>(i) * 8, 0, 8);
        bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xff00 >> kept));
    }
    return bytes;
}

std::optional<int> number(const std::string& text, int most) {
    int value = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc() || stopped != end || value < 0 || value > most) return std::nullopt;
    return value;
}

}  // namespace

Result<IpAddress> IpAddress::parse(const std::string& text) {
    IpAddress parsed;
    in_addr v4{};
    in6_addr v6{};
    if (text.find('\0') != std::string::npos) return fail("not an IP address");
    if (::inet_pton(AF_INET, text.c_str(), &v4) == 1)
        parsed.bytes_ = mapped(v4);
    else if (::inet_pton(AF_INET6, text.c_str(), &v6) == 1)
        parsed.bytes_ = bytes_of(v6);
    else
        return fail("not an IP address");
    return parsed;
}

IpAddress IpAddress::of(const sockaddr& address) {
    IpAddress found;
    if (address.sa_family == AF_INET)
        found.bytes_ = mapped(reinterpret_cast<const sockaddr_in&>(address).sin_addr);
    else if (address.sa_family == AF_INET6)
        found.bytes_ = bytes_of(reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
    return found;
}

bool IpAddress::is_ipv4() const {
    return std::equal(mapped_prefix.begin(), mapped_prefix.begin() + prefix_bytes, bytes_.begin());
}

bool IpAddress::is_loopback() const {
    constexpr std::uint8_t ipv4_loopback = 127;
    if (is_ipv4()) return bytes_[prefix_bytes] == ipv4_loopback;
    return std::all_of(bytes_.begin(), bytes_.end() - 1, [](auto byte) { return byte == 0; }) &&
           bytes_.back() == 1;
}

std::string IpAddress::str() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const auto* const from = bytes_.data() + (is_ipv4() ? prefix_bytes : 0);
    ::inet_ntop(is_ipv4() ? AF_INET : AF_INET6, from, text.data(), text.size());
    return text.data();
}

Result<IpNetwork> IpNetwork::parse(const std::string& text) {
    const auto slash = text.find('/');
    const auto address = IpAddress::parse(text.substr(0, slash));
    if (!address)
        return fail("must be an address or a network such as 10.1.2.3, 10.1.0.0/16 or 2001:db8::/32");
    IpNetwork network;
    network.first_ = *address;
    if (slash == std::string::npos) return network;

    const bool ipv4 = address->is_ipv4();
    const int longest = ipv4 ? ipv4_bits : ipv6_bits;
    const auto bits = number(text.substr(slash + 1), longest);
    if (!bits)
        return fail("must have a whole number from 0 to " + std::to_string(longest) + " after the slash");
    network.bits_ = *bits + (ipv4 ? ipv6_bits - ipv4_bits : 0);
    network.first_.bytes_ = masked(address->bytes_, network.bits_);
    if (network.first_ != *address)
        return fail("must have no bit set beyond the first " + std::to_string(*bits) + ": write " +
                    network.first_.str() + "/" + std::to_string(*bits) + " for the network");
    return network;
}

bool IpNetwork::contains(const IpAddress& address) const {
    return masked(address.bytes_, bits_) == first_.bytes_;
}

}  // namespace calcinode
