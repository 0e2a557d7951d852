#include "notify/http_post.hpp"

#include <charconv>

namespace calcinode::notify {
namespace {

constexpr std::size_t longest_answer = 64 << 10;  // up to the end of its headers

std::string text_of(const HttpPost& request) {
    const auto& url = request.url;
    const bool usual_port = url.port == (url.tls ? 443 : 80);
    std::string text = "POST " + url.target + " HTTP/1.1\r\nHost: " + url.host +
                       (usual_port ? "" : ":" + std::to_string(url.port)) + "\r\n";
    for (const auto& [name, value] : request.headers)
        text.append(name).append(": ").append(value).append("\r\n");
    return text + "Content-Length: " + std::to_string(request.body.size()) + "\r\nConnection: close\r\n\r\n" +
           request.body;
}

}  // namespace

Result<int> status_in(std::string_view answer) {
    constexpr std::string_view version = "HTTP/1.";
    constexpr std::size_t status_at = 9, status_digits = 3;
    while (true) {
        if (!version.starts_with(answer.substr(0, version.size()))) return fail("its answer is no HTTP");
        const auto end = answer.find("\r\n\r\n");
        if (end == std::string_view::npos) return 0;
        int status = 0;
        const auto digits = answer.substr(status_at, status_digits);
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), status);
        if (read.ptr != digits.data() + status_digits || status < 100 || status > 599)
            return fail("its answer has no HTTP status");
        if (status >= 200) return status;
        answer.remove_prefix(end + 4);
    }
}

Result<int> post(const HttpPost& request, const Endpoint& endpoint, TcpClient::Deadline deadline) {
    auto client = TcpClient::connect(endpoint, deadline);
    if (!client) return std::unexpected(client.error());
    // A server may answer and close before it has taken all: what it says counts.
    const auto written = client->write(text_of(request), deadline);
    std::string answer;
    while (true) {
        const auto more = client->read(deadline);
        if (!more) return std::unexpected(written ? more.error() : written.error());
        if (more->empty()) return fail(to_string(endpoint) + ": it ended the connection without an answer");
        answer += *more;
        const auto status = status_in(answer);
        if (!status) return fail(to_string(endpoint) + ": " + status.error().what);
        if (*status > 0) return *status;
        if (answer.size() > longest_answer) return fail(to_string(endpoint) + ": its headers have no end");
    }
}

}  // namespace calcinode::notify
