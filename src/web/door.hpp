// Where connections come in: each is handed over, and whatever that comes to, the next one is taken. Internal
// to web/.
#pragma once

#include <chrono>
#include <functional>

#include "web/asio.hpp"

namespace calcinode::web {

class Door {
  public:
    using Tcp = boost::asio::ip::tcp;

    // `take` gets each connection; what it throws goes through to whoever runs `io`.
    Door(boost::asio::io_context& io, std::function<void(Tcp::socket)> take);

    // Throws boost::system::system_error where the address can't be listened at. Returns the port.
    std::uint16_t open(const Tcp::endpoint& endpoint);
    // Once open, and again after whoever runs `io` got an exception from it: nothing is done where it waits
    // already.
    void wait();
    void close();

  private:
    void rest();
    void on_connection(boost::system::error_code error, Tcp::socket socket);

    std::function<void(Tcp::socket)> take_;
    Tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    bool waits_ = false;  // for a connection, or for the end of a pause
};

}  // namespace calcinode::web
