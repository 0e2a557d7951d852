// What of the daemon's doings goes into the audit trail, where the configuration asks for one.
#pragma once

#include <memory>

#include "audit/trail.hpp"
#include "config/config.hpp"
#include "receive/server.hpp"
#include "spool/spool.hpp"
#include "store/store.hpp"

namespace calcinode::app {

class AuditTrail {
  public:
    // Nothing is recorded where no syslog server is configured. `database` and `spool` are asked for
    // Patient IDs, and must outlive this.
    AuditTrail(const config::Config& config, store::Database& database, const spool::Spool& spool);
    ~AuditTrail();  // the application stops

    // Of strangers only: trouble with what a known peer sends is no security alert.
    void refused(receive::Refusal why, const std::string& address, const std::string& what);
    void brought(const receive::Brought& brought);
    // `peer_ae` is "" for the receiver of an alert.
    void sent(const store::Delivery& delivery, const std::string& peer, const std::string& peer_ae);

  private:
    std::unique_ptr<audit::Trail> trail_;  // null: none
};

}  // namespace calcinode::app
