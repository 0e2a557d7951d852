// Whether a destination can be reached, kept in its row: after a failure nothing is tried until its time has
// come, and the log has one line for each change, however often it is tried meanwhile.
#pragma once

#include <string>

#include "deliver/peer.hpp"
#include "deliver/retry.hpp"
#include "store/store.hpp"

namespace calcinode::deliver {

class Reachability {
  public:
    // `database` must outlive it. The first attempt is due at once: whoever starts the daemon may have put
    // right what was wrong.
    // `what` is sent there, for the log: "object".
    Reachability(store::Database& database, std::string destination, const char* what, RetryPolicy policy);

    bool is_due(UnixMillis now) const;
    void reached(UnixMillis now);
    void failed(const Trouble& trouble, UnixMillis now);

  private:
    store::Database* database_;
    std::string name_;
    const char* what_;
    RetryPolicy policy_;
};

}  // namespace calcinode::deliver
