#include "base/url.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <string_view>

namespace calcinode {
namespace {

constexpr std::size_t longest_url = 2000;  // what servers take, too

std::unexpected<Error> wrong() {
    return fail("must be a URL such as https://host:8443/path, without user, password and fragment");
}

bool is_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

bool is_target_character(char c) {
    return c > ' ' && c <= '~' && std::string_view("\"#<>\\^`{|}").find(c) == std::string_view::npos;
}

bool read_port(std::string_view text, std::uint16_t& port) {
    const auto *const begin = std::to_address(text.begin()), *const end = std::to_address(text.end());
    const auto read = std::from_chars(begin, end, port);
    return read.ec == std::errc() && read.ptr == end && port > 0;
}

}  // namespace

Result<Url> Url::parse(const std::string& text) {
    std::string_view rest = text;
    Url url;
    url.tls = rest.starts_with("https://");
    if (text.size() > longest_url || (!url.tls && !rest.starts_with("http://"))) return wrong();
    url.port = url.tls ? 443 : 80;
    rest.remove_prefix(rest.find("//") + 2);
    const auto slash = std::min(rest.find_first_of("/?"), rest.size());
    auto authority = rest.substr(0, slash);
    url.target = rest.substr(slash);
    if (!url.target.starts_with('/')) url.target.insert(0, "/");
    if (const auto colon = authority.find(':'); colon != std::string_view::npos) {
        if (!read_port(authority.substr(colon + 1), url.port)) return wrong();
        authority = authority.substr(0, colon);
    }
    url.host = authority;
    if (url.host.empty() || !std::ranges::all_of(url.host, is_host_character) ||
        !std::ranges::all_of(url.target, is_target_character))
        return wrong();
    return url;
}

}  // namespace calcinode
