// One connection: request after request, each read within its bounds, answered, and closed where a client is
// too slow or sends what is no HTTP. Internal to web/.
#pragma once

#include <memory>

#include "web/asio.hpp"
#include "web/connections.hpp"
#include "web/site.hpp"

namespace boost::asio::ssl {
class context;
}

namespace calcinode::web {

// What all sessions share; outlives them.
struct Shared {
    Site site;
    Connections connections;
    int waiting = 0;                                 // requests that wait for news
    std::unique_ptr<boost::asio::ssl::context> tls;  // null: none is spoken
};

// Reads and answers on `socket` until its end, and keeps itself alive as long.
void serve_connection(boost::asio::ip::tcp::socket socket, Shared& shared);

}  // namespace calcinode::web
