// Who is let in.
#include <doctest/doctest.h>

#include "web/guard.hpp"

using namespace calcinode::web;

namespace {

Request from(const std::string& host) {
    Request request;
    request.host = host;
    request.marked = true;
    return request;
}

}  // namespace

TEST_CASE("without a token the node has no name but localhost, and its addresses") {
    const Guard open("");
    for (const char* host : {"localhost", "localhost:8090", "127.0.0.1:8090", "[::1]:8090", "10.1.2.3"})
        CHECK_MESSAGE(!open.refuse_host(from(host)), host);
    for (const char* host : {"", "evil.example", "evil.example:8090", "localhost.evil.example",
                             "127.0.0.1.evil", "[", "[::1", ":8090"}) {
        const auto refused = open.refuse_host(from(host));
        const bool address_without_end = std::string(host) == "[::1";  // is the address all the same
        CHECK_MESSAGE(refused.has_value() != address_without_end, host);
    }
    CHECK_FALSE(Guard("secret-of-16-or-more").refuse_host(from("calcinode.hospital")));
    const bool by_tls = true;  // a certificate tells it apart
    CHECK_FALSE(Guard("", by_tls).refuse_host(from("calcinode.hospital")));
}

TEST_CASE("the token, the whole token and nothing but the token") {
    const Guard guard("secret-of-16-or-more");
    auto request = from("localhost");
    for (const char* shown :
         {"", "secret-of-16-or-more", "Bearer ", "Bearer secret-of-16-or-mor", "Bearer secret-of-16-or-more ",
          "bearer secret-of-16-or-more", "Basic c2VjcmV0"}) {
        request.authorization = shown;
        const auto refused = guard.refuse_token(request);
        REQUIRE_MESSAGE(refused, shown);
        CHECK(refused->status == 401);
    }
    request.authorization = "Bearer secret-of-16-or-more";
    CHECK_FALSE(guard.refuse_token(request));
    CHECK_FALSE(Guard("").refuse_token(from("localhost")));
}

TEST_CASE("pages of other sites change nothing") {
    const Guard guard("");
    auto request = from("localhost:8090");
    CHECK_FALSE(guard.refuse_origin(request));
    request.origin = "http://localhost:8090";
    request.fetch_site = "same-origin";
    CHECK_FALSE(guard.refuse_origin(request));
    for (const char* origin : {"null", "http://localhost", "http://localhost:80900", "http://evil.example"}) {
        request.origin = origin;
        CHECK_MESSAGE(guard.refuse_origin(request), origin);
    }
    request.origin = "";
    request.fetch_site = "cross-site";
    CHECK(guard.refuse_origin(request));
    request.fetch_site = "";
    request.marked = false;
    CHECK(guard.refuse_origin(request));
}
