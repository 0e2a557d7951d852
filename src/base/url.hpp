// A URL of http or https, taken apart.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace calcinode {

struct Url {
    bool tls = false;  // https
    std::string host;
    std::uint16_t port = 80;  // 443 for https where the URL names none
    std::string target;       // path and query, at least "/"

    // The Error is a rule: "must be ...". User and password in a URL are refused: URLs stand in logs.
    static Result<Url> parse(const std::string& text);
};

}  // namespace calcinode
