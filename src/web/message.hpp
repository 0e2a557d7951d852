// Requests and answers as values, apart from sockets and from any HTTP library.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace calcinode::web {

// A target, decoded: /api/v1/studies?state=failed has the path {"api", "v1", "studies"}.
struct Target {
    std::vector<std::string> path;
    std::map<std::string, std::string> parameters;
    // "" where the parameter is not given.
    std::string parameter(const std::string& name) const;
};

struct Request {
    std::string method;  // GET where it is HEAD
    Target target;
    std::string peer;  // its address, for the log
    // Header fields; empty: not there.
    std::string host, origin, fetch_site, authorization, if_none_match;
    bool marked = false;      // has the header X-Calcinode, which no page of another site can add
    bool waited_out = false;  // it has waited for news as long as it may
};

struct Answer {
    int status = 200;
    std::string content_type = "application/json";
    std::string body;
    std::filesystem::path file;  // not empty: its content is the body
    std::vector<std::pair<std::string, std::string>> headers;
    bool later = false;  // there is no news yet: ask again a little later
};

// {"error": WHAT}
Answer error_answer(int status, const std::string& what);

}  // namespace calcinode::web
