// Beast's requests and answers to and from the values of web/message.hpp. Internal to web/; it costs seconds
// to compile.
#pragma once

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "web/message.hpp"

namespace calcinode::web {

// Nothing where the target is no path of ours; HEAD becomes GET.
std::optional<Request> request_of(const boost::beast::http::request<boost::beast::http::string_body>& message,
                                  const std::string& peer);

// Sets the answer's header fields, and what every answer has: nothing is kept by others, guessed, framed, or
// taken from elsewhere.
void set_fields(boost::beast::http::fields& fields, const Answer& answer);

}  // namespace calcinode::web
