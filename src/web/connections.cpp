#include "web/connections.hpp"

namespace calcinode::web {

bool Connections::close_one() {
    Connection* longest = nullptr;
    for (auto* connection : all_)
        if (connection->waits_for_request() &&
            (!longest || connection->waits_since() < longest->waits_since()))
            longest = connection;
    if (!longest) return false;
    all_.erase(longest);  // counted no more, though its end comes a little later
    longest->close();
    return true;
}

void Connections::close_all() {
    const auto all = all_;
    for (auto* connection : all) connection->close();
}

}  // namespace calcinode::web
