// Connections that come in, whatever becomes of those before them.
#include "web/door.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>

using namespace calcinode;
using boost::asio::ip::tcp;

namespace {

// Runs `io` until `done`, whatever comes out of it, for some seconds at most.
void run_until(boost::asio::io_context& io, const std::function<bool()>& done) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!done() && std::chrono::steady_clock::now() < until) try {
            io.run_one_until(until);
        } catch (const std::runtime_error&) {
        }
}

}  // namespace

TEST_CASE("a connection that cannot be served closes the door to none after it") {
    boost::asio::io_context io;
    int came = 0;
    web::Door door(io, [&](tcp::socket) {
        if (++came <= 2) throw std::runtime_error("no memory for it");
    });
    const auto port = door.open({boost::asio::ip::address_v4::loopback(), 0});
    door.wait();  // once: the door itself waits for the next one
    for (int n = 1; n <= 4; ++n) {
        tcp::socket client(io);
        client.connect({boost::asio::ip::address_v4::loopback(), port});
        run_until(io, [&] { return came == n; });
        REQUIRE(came == n);
    }
    door.close();
}
