#include "web/site.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "web/handlers.hpp"

namespace calcinode::web {
namespace {

using Handler = Answer (*)(Context&, const Request&, const Parts&);
enum class For { everybody, token };

struct Route {
    const char* method;
    std::vector<std::string_view> path;
    For who;
    Handler handler;
};

const std::vector<Route>& routes() {
    static const std::vector<Route> all{
        {"GET", {}, For::everybody, page},
        {"GET", {"page", "page.js"}, For::everybody, script},
        {"GET", {"page", "page.css"}, For::everybody, style},
        {"GET", {"page", "icon.svg"}, For::everybody, icon},
        {"GET", {"openapi.json"}, For::everybody, openapi},
        {"GET", {"healthz"}, For::everybody, healthz},
        {"GET", {"readyz"}, For::everybody, readyz},
        {"GET", {"metrics"}, For::token, metrics},
        {"GET", {"api", "v1", "node"}, For::token, node},
        {"GET", {"api", "v1", "events"}, For::token, events},
        {"GET", {"api", "v1", "studies"}, For::token, studies},
        {"GET", {"api", "v1", "studies", "*"}, For::token, study},
        {"GET", {"api", "v1", "studies", "*", "figure.png"}, For::token, figure},
        {"GET", {"api", "v1", "studies", "*", "objects", "*"}, For::token, object},
        {"POST", {"api", "v1", "studies", "*", "resend"}, For::token, resend},
        {"POST", {"api", "v1", "studies", "*", "reanalyze"}, For::token, reanalyze},
        {"POST", {"api", "v1", "studies", "*", "deliveries", "*", "park"}, For::token, park},
        {"POST", {"api", "v1", "studies", "*", "deliveries", "*", "release"}, For::token, release},
        {"POST", {"api", "v1", "studies", "*", "deliveries", "*", "discard"}, For::token, discard},
        {"POST", {"api", "v1", "destinations", "*", "release"}, For::token, release_destination},
        {"POST", {"api", "v1", "destinations", "*", "discard"}, For::token, discard_destination},
    };
    return all;
}

// What stands for each * of the route; nothing where the path is another.
std::optional<Parts> matched(const Route& route, const std::vector<std::string>& path) {
    if (route.path.size() != path.size()) return std::nullopt;
    Parts parts;
    for (std::size_t i = 0; i < path.size(); ++i) {
        if (route.path[i] == "*")
            parts.push_back(path[i]);
        else if (route.path[i] != path[i])
            return std::nullopt;
    }
    return parts;
}

// Whether a minute has passed since it was told last; it then is told now.
bool to_be_told(std::chrono::steady_clock::time_point& last) {
    const auto now = std::chrono::steady_clock::now();
    if (now - last < std::chrono::minutes(1)) return false;
    last = now;
    return true;
}

}  // namespace

Answer error_answer(int status, const std::string& what) {
    std::string text;
    for (const char c : what) {  // all of our own words; what was received is never in them
        if (c == '"' || c == '\\') text += '\\';
        text += c;
    }
    Answer answer;
    answer.status = status;
    answer.body = "{\"error\": \"" + text + "\"}\n";
    return answer;
}

void Site::count_refused_token(const Request& request) {
    ++context_.refused_tokens;
    if (!to_be_told(told_of_token_)) return;
    spdlog::warn("HTTP: {} shows a wrong token, or none ({} such requests so far; told once a minute)",
                 request.peer, context_.refused_tokens);
}

void Site::count_failed_handshake(const std::string& peer, const std::string& why) {
    ++context_.failed_handshakes;
    if (!to_be_told(told_of_handshake_)) return;
    spdlog::warn("HTTP: {}: no TLS: {} ({} such connections so far; told once a minute)", peer, why,
                 context_.failed_handshakes);
}

Answer Site::routed(const Request& request) {
    if (auto refused = guard_.refuse_host(request)) return *refused;
    std::string allowed;
    for (const auto& route : routes()) {
        const auto parts = matched(route, request.target.path);
        if (!parts) continue;
        if (request.method != route.method) {
            allowed = route.method;
            continue;
        }
        if (route.who == For::token) {
            if (auto refused = guard_.refuse_token(request)) {
                count_refused_token(request);
                return *refused;
            }
        }
        if (request.method == "POST")
            if (auto refused = guard_.refuse_origin(request)) return *refused;
        return route.handler(context_, request, *parts);
    }
    if (allowed.empty()) return error_answer(404, "there is nothing at this path");
    auto answer = error_answer(405, "this path has another method");
    answer.headers.emplace_back("Allow", allowed == "GET" ? "GET, HEAD" : allowed);
    return answer;
}

Answer Site::answer(const Request& request) {
    ++context_.requests;
    try {
        return routed(request);
    } catch (const store::StoreFailure& failure) {
        spdlog::error("HTTP: {}", failure.what());
        return error_answer(503, "the database fails; the log says how");
    } catch (const std::exception& error) {
        spdlog::error("HTTP: unexpected: {}", error.what());
        return error_answer(500, "something unexpected failed; the log says what");
    }
}

}  // namespace calcinode::web
