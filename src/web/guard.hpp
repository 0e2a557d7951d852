// Who may ask, and from where: the token, and what protects a node without one from other web pages that the
// administrator's browser has open.
#pragma once

#include <optional>
#include <string>

#include "web/message.hpp"

namespace calcinode::web {

class Guard {
  public:
    // `token`: empty: none is asked for. `by_tls`: the node is reached by TLS alone.
    explicit Guard(std::string token, bool by_tls = false) : token_(std::move(token)), by_tls_(by_tls) {}

    // Without a token nobody is told apart but by the name under which the node is reached: any name but
    // localhost may be another site's that was pointed at us (DNS rebinding). By TLS it can't be: our
    // certificate is for none of those. The refusal, or nothing.
    std::optional<Answer> refuse_host(const Request& request) const;
    // The token is asked for and not shown.
    std::optional<Answer> refuse_token(const Request& request) const;
    // A request that changes something comes from a page of another site, or could.
    std::optional<Answer> refuse_origin(const Request& request) const;

  private:
    std::string token_;
    bool by_tls_;
};

}  // namespace calcinode::web
