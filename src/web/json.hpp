// JSON as the answers write it. Internal to web/.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/sha256.hpp"
#include "base/time.hpp"
#include "web/message.hpp"

namespace calcinode::web {

using Json = nlohmann::ordered_json;  // keys in the order in which they are written

inline Json or_null(const std::optional<UnixMillis>& time) {
    return time ? Json(*time) : Json(nullptr);
}

// Whatever a peer once said stands in the errors: what is no UTF-8 becomes a replacement character.
inline std::string written(const Json& json) {
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// With a tag by which a client that has the same already is spared it.
inline Answer tagged(const Request& request, std::string body) {
    constexpr std::size_t tag_length = 32;
    Sha256 hash;
    hash.update(body);
    const auto tag = "\"" + hex(hash.finish()).substr(0, tag_length) + "\"";
    Answer answer;
    answer.headers.emplace_back("ETag", tag);
    if (request.if_none_match == tag)
        answer.status = 304;
    else
        answer.body = std::move(body);
    return answer;
}

}  // namespace calcinode::web
