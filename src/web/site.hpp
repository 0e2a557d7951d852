// All there is at which path: finds who answers a request, after the guard has let it in.
#pragma once

#include "web/context.hpp"
#include "web/guard.hpp"

namespace calcinode::web {

class Site {
  public:
    Site(Context context, Guard guard) : context_(std::move(context)), guard_(std::move(guard)) {}

    // Never throws: what goes wrong is an answer of status 500 or 503, and told in the log.
    Answer answer(const Request& request);
    // One that came to nothing; told in the log.
    void count_failed_handshake(const std::string& peer, const std::string& why);
    Context& context() { return context_; }

  private:
    Answer routed(const Request& request);
    void count_refused_token(const Request& request);

    Context context_;
    Guard guard_;
    std::chrono::steady_clock::time_point told_of_token_, told_of_handshake_;
};

}  // namespace calcinode::web
