#include "web/http_message.hpp"

#include "web/target.hpp"

namespace calcinode::web {
namespace {

namespace beast = boost::beast;
namespace http = beast::http;

std::string text_of(beast::string_view text) {
    return {text.data(), text.size()};
}

}  // namespace

std::optional<Request> request_of(const http::request<http::string_body>& message, const std::string& peer) {
    const auto target = message.target();
    auto parsed = parse_target({target.data(), target.size()});
    if (!parsed) return std::nullopt;
    const auto field = [&](auto name) { return text_of(message[name]); };
    Request request;
    request.method = message.method() == http::verb::head ? "GET" : text_of(message.method_string());
    request.target = std::move(*parsed);
    request.peer = peer;
    request.host = field(http::field::host);
    request.origin = field(http::field::origin);
    request.fetch_site = field("Sec-Fetch-Site");
    request.authorization = field(http::field::authorization);
    request.if_none_match = field(http::field::if_none_match);
    request.marked = message.find("X-Calcinode") != message.end();
    return request;
}

void set_fields(http::fields& fields, const Answer& answer) {
    fields.set(http::field::content_type, answer.content_type);
    fields.set(http::field::cache_control, "no-cache, private");
    fields.set("X-Content-Type-Options", "nosniff");
    fields.set("X-Frame-Options", "DENY");
    fields.set("Referrer-Policy", "no-referrer");
    fields.set("Cross-Origin-Resource-Policy", "same-origin");
    fields.set("Cross-Origin-Opener-Policy", "same-origin");
    fields.set("Content-Security-Policy",
               "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src "
               "'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
    for (const auto& [name, value] : answer.headers) fields.set(name, value);
}

}  // namespace calcinode::web
