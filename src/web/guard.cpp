#include "web/guard.hpp"

#include <openssl/crypto.h>

#include <string_view>

#include "base/ip_address.hpp"
#include "base/sha256.hpp"

namespace calcinode::web {
namespace {

// The name in a Host field, without the port and the brackets of an IPv6 address.
std::string name_in(std::string_view host) {
    if (host.starts_with('[')) return std::string(host.substr(1, host.find(']') - 1));
    return std::string(host.substr(0, host.find(':')));
}

// Takes the same time whatever is wrong with `shown`.
bool same(const std::string& shown, const std::string& token) {
    const auto digest = [](const std::string& text) {
        Sha256 hash;
        hash.update(text);
        return hash.finish();
    };
    const auto one = digest(shown), other = digest(token);
    return CRYPTO_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace

std::optional<Answer> Guard::refuse_host(const Request& request) const {
    if (!token_.empty() || by_tls_) return std::nullopt;  // no other site has the token, or our certificate
    const auto name = name_in(request.host);
    if (name == "localhost" || IpAddress::parse(name)) return std::nullopt;
    return error_answer(
        421,
        "reach this node by its IP address or as localhost, or set http.token_file: any other "
        "name could be that of another site");
}

std::optional<Answer> Guard::refuse_token(const Request& request) const {
    constexpr std::string_view scheme = "Bearer ";
    if (token_.empty()) return std::nullopt;
    const auto& shown = request.authorization;
    if (shown.starts_with(scheme) && same(shown.substr(scheme.size()), token_)) return std::nullopt;
    auto answer =
        error_answer(401, "needs the header Authorization: Bearer TOKEN, with the token of http.token_file");
    answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"calcinode\"");
    return answer;
}

std::optional<Answer> Guard::refuse_origin(const Request& request) const {
    if (!request.marked)
        return error_answer(403, "needs the header X-Calcinode: 1, which other sites can't send");
    const bool own_origin = request.origin.empty() || request.origin == "http://" + request.host ||
                            request.origin == "https://" + request.host;
    const bool own_site = request.fetch_site.empty() || request.fetch_site == "same-origin";
    if (own_origin && own_site) return std::nullopt;
    return error_answer(403, "comes from a page of another site");
}

}  // namespace calcinode::web
