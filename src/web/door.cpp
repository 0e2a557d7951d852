#include "web/door.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "web/limits.hpp"

namespace calcinode::web {
namespace {

using boost::system::error_code;

constexpr int waiting_at_the_door = 64;

}  // namespace

Door::Door(boost::asio::io_context& io, std::function<void(Tcp::socket)> take)
    : take_(std::move(take)), acceptor_(io), pause_(io) {}

std::uint16_t Door::open(const Tcp::endpoint& endpoint) {
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(Tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen(waiting_at_the_door);
    return acceptor_.local_endpoint().port();
}

void Door::wait() {
    if (waits_ || !acceptor_.is_open()) return;
    acceptor_.async_accept([this](error_code error, Tcp::socket socket) {
        waits_ = false;
        on_connection(error, std::move(socket));
    });
    waits_ = true;
}

void Door::on_connection(error_code error, Tcp::socket socket) {
    if (!acceptor_.is_open()) return;
    if (error) {
        spdlog::debug("HTTP: cannot accept a connection: {}", error.message());
        return rest();
    }
    wait();  // before anything that may throw
    take_(std::move(socket));
}

void Door::rest() {
    pause_.expires_after(rest_after_failure);
    pause_.async_wait([this](error_code) {
        waits_ = false;
        wait();
    });
    waits_ = true;
}

void Door::close() {
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

}  // namespace calcinode::web
