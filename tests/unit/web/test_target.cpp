// Targets of requests, which anybody may send.
#include <doctest/doctest.h>

#include "web/limits.hpp"
#include "web/target.hpp"

using namespace calcinode::web;

TEST_CASE("path and parameters are split, then decoded") {
    const auto target = parse_target("/api/v1/studies/1.2.3?search=a+b%26c&state=failed&empty=").value();
    CHECK(target.path == std::vector<std::string>{"api", "v1", "studies", "1.2.3"});
    CHECK(target.parameter("search") == "a b&c");
    CHECK(target.parameter("state") == "failed");
    CHECK(target.parameter("empty") == "");
    CHECK(target.parameter("none") == "");
    CHECK(parse_target("/").value().path.empty());
}

TEST_CASE("an escaped slash stays within its segment, and a plus in a path is one") {
    CHECK(parse_target("/objects/..%2f..%2Flock").value().path ==
          std::vector<std::string>{"objects", "../../lock"});
    CHECK(parse_target("/a+b").value().path == std::vector<std::string>{"a+b"});
}

TEST_CASE("what is no path from the root, or wrongly escaped, is none") {
    for (const char* text : {"", "*", "studies", "http://localhost/", "/%", "/%1", "/%zz", "/a?b=%g0", "/%00",
                             "/a%0d%0aSet-Cookie:%20x", "/\x7f", "/a?b=1&b=2"})
        CHECK_MESSAGE(!parse_target(text), text);
}

TEST_CASE("targets are bounded") {
    CHECK(parse_target("/" + std::string(longest_target - 1, 'a')));
    CHECK_FALSE(parse_target("/" + std::string(longest_target, 'a')));
    std::string many = "/?";
    for (std::size_t i = 0; i < most_parameters; ++i) many += "p" + std::to_string(i) + "=1&";
    CHECK(parse_target(many));
    CHECK_FALSE(parse_target(many + "more=1"));
}
