// Which of a name's addresses is connected to.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netdb.h>
#include <sys/socket.h>

#include <vector>

#include "base/tcp_connect.hpp"

using namespace calcinode;
using namespace std::chrono_literals;

namespace {

struct Listener {
    Fd socket{::socket(AF_INET, SOCK_STREAM, 0)};
    sockaddr_in address{};

    Listener() {
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
        REQUIRE(::listen(socket.get(), 0) == 0);
    }
    addrinfo info(addrinfo* next = nullptr) {
        addrinfo info{};
        info.ai_family = AF_INET;
        info.ai_addr = reinterpret_cast<sockaddr*>(&address);
        info.ai_addrlen = sizeof address;
        info.ai_next = next;
        return info;
    }
};

// Its queue is full: what more asks for a connection is dropped without a word, as by a firewall.
struct Silent : Listener {
    std::vector<Fd> waiting;

    Silent() {
        for (int n = 0; n < 3; ++n) {
            waiting.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
            ::connect(waiting.back().get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
        }
    }
};

}  // namespace

TEST_CASE("an address that swallows all packets leaves the next one its share of the time") {
    Silent silent;
    Listener good;
    auto last = good.info();
    auto first = silent.info(&last);
    const auto began = std::chrono::steady_clock::now();
    const auto connected = connect_to_any(&first, began + 2s);
    REQUIRE(connected.has_value());
    CHECK(std::chrono::steady_clock::now() - began >= 900ms);
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    REQUIRE(::getpeername(connected->get(), reinterpret_cast<sockaddr*>(&peer), &size) == 0);
    CHECK(peer.sin_port == good.address.sin_port);
}

TEST_CASE("an address that refuses costs no time, and the last one has all of it") {
    Silent silent;
    Listener gone;
    gone.socket = Fd();
    auto last = silent.info();
    auto first = gone.info(&last);
    const auto began = std::chrono::steady_clock::now();
    const auto connected = connect_to_any(&first, began + 1s);
    REQUIRE_FALSE(connected.has_value());
    CHECK(connected.error() == ETIMEDOUT);
    CHECK(std::chrono::steady_clock::now() - began >= 950ms);
}
