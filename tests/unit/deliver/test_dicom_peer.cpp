#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include "base/fd.hpp"
#include "deliver/sender.hpp"

using namespace calcinode;
using namespace calcinode::deliver;

namespace {

// A bound loopback socket on a free port; it listens where asked to, and never answers.
struct SilentPeer {
    Fd socket;
    std::uint16_t port = 0;

    explicit SilentPeer(bool listening) : socket(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
        if (listening) REQUIRE(::listen(socket.get(), 1) == 0);
        port = ntohs(address.sin_port);
    }
};

Destination at(std::uint16_t port) {
    return {"TEST", "127.0.0.1", port, "PEER", "CALCINODE", 1};
}

const std::vector<FileToSend> two_files = {{"1.2.840.10008.5.1.4.1.1.7", "1.2.3", "/no/such/file"},
                                           {"1.2.840.10008.5.1.4.1.1.7", "1.2.4", "/no/such/file"}};

}  // namespace

TEST_CASE("nobody listening is a failure that may pass, for every file") {
    const SilentPeer peer(false);
    const auto outcomes = send(at(peer.port), two_files);
    REQUIRE(outcomes.size() == 2);
    for (const auto& outcome : outcomes) {
        CHECK(outcome.state == SendState::transient_failure);
        CHECK(outcome.what.find("127.0.0.1") != std::string::npos);
    }
}

TEST_CASE("a peer that accepts the connection and says nothing is given up after the time-out") {
    const SilentPeer peer(true);
    const auto start = std::chrono::steady_clock::now();
    const auto outcomes = send(at(peer.port), two_files);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(8));
    REQUIRE(outcomes.size() == 2);
    CHECK(outcomes[0].state == SendState::transient_failure);
}

TEST_CASE("C-ECHO to nobody is an error") {
    const SilentPeer peer(false);
    CHECK_FALSE(echo(at(peer.port)).has_value());
}

TEST_CASE("nothing to send asks for no association") {
    CHECK(send(at(1), {}).empty());
}
