#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/ip_address.hpp"

using calcinode::IpAddress;
using calcinode::IpNetwork;

namespace {

bool in(const std::string& network, const std::string& address) {
    return IpNetwork::parse(network).value().contains(IpAddress::parse(address).value());
}

std::string mistake_of(const std::string& network) {
    const auto parsed = IpNetwork::parse(network);
    return parsed ? "none" : parsed.error().what;
}

}  // namespace

TEST_CASE("a network has the addresses that begin with its bits") {
    CHECK(in("10.1.0.0/16", "10.1.255.7"));
    CHECK_FALSE(in("10.1.0.0/16", "10.2.0.1"));
    CHECK(in("10.1.2.128/25", "10.1.2.200"));
    CHECK_FALSE(in("10.1.2.128/25", "10.1.2.127"));
    CHECK(in("10.1.2.3", "10.1.2.3"));
    CHECK_FALSE(in("10.1.2.3", "10.1.2.4"));
    CHECK(in("2001:db8::/32", "2001:db8:ffff::1"));
    CHECK_FALSE(in("2001:db8::/32", "2001:db9::1"));
    CHECK(in("::1", "::1"));
}

TEST_CASE("all of IPv4 and all of IPv6 are two things") {
    CHECK(in("0.0.0.0/0", "192.168.7.7"));
    CHECK_FALSE(in("0.0.0.0/0", "2001:db8::1"));
    CHECK(in("::/0", "2001:db8::1"));
}

TEST_CASE("an IPv4 address within an IPv6 one is that IPv4 address") {
    CHECK(in("10.1.0.0/16", "::ffff:10.1.2.3"));
    CHECK_FALSE(in("10.1.0.0/16", "::ffff:10.2.2.3"));
    CHECK(IpAddress::parse("::ffff:10.1.2.3").value() == IpAddress::parse("10.1.2.3").value());
    CHECK(IpAddress::parse("::ffff:10.1.2.3").value().str() == "10.1.2.3");

    sockaddr_in6 peer{};
    peer.sin6_family = AF_INET6;
    peer.sin6_addr = {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 1, 2, 3}}};
    CHECK(IpAddress::of(reinterpret_cast<const sockaddr&>(peer)).str() == "10.1.2.3");
}

TEST_CASE("what is no network is told in words") {
    for (const std::string bad : {"", "hospital", "10.1", "10.1.2.3.4", "10.1.2.300", "2001:db8:::", "/8"})
        CHECK(mistake_of(bad).starts_with("must be an address or a network"));
    for (const std::string bad : {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.0/-1", "10.0.0.0/ 8"})
        CHECK(mistake_of(bad) == "must have a whole number from 0 to 32 after the slash");
    CHECK(mistake_of("2001:db8::/129") == "must have a whole number from 0 to 128 after the slash");
    CHECK(mistake_of("10.1.2.3/16") ==
          "must have no bit set beyond the first 16: write 10.1.0.0/16 for the network");
}
