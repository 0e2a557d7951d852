// One HTTP/1.1 POST on a connection of its own. Of the answer only the status is looked at.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "base/tcp_client.hpp"
#include "base/url.hpp"

namespace calcinode::notify {

struct HttpPost {
    Url url;
    std::vector<std::pair<std::string, std::string>> headers;  // besides Host, Content-Length, Connection
    std::string body;
};

// The status, 200 to 599. An Error where there was no connection, no answer in time, or what is no HTTP.
Result<int> post(const HttpPost& request, const Endpoint& endpoint, TcpClient::Deadline deadline);

// The status in the answer so far: 0 where more must be read, interim ones (1xx) are passed over; an Error
// for what is no HTTP.
Result<int> status_in(std::string_view answer);

}  // namespace calcinode::notify
