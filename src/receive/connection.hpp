// One connection, from its first byte to its last: TLS, association request, messages, and what the log says
// of it.
#pragma once

#include <memory>
#include <string>

#include "receive/association.hpp"
#include "receive/ledger.hpp"
#include "receive/peers.hpp"
#include "receive/ports.hpp"
#include "receive/server.hpp"

namespace calcinode::receive {

// What holds for a connection, also when it changes for later ones.
struct Rules {
    ServerOptions options;
    InstanceSink sink;

    void refused(Ledger& ledger, Refusal why, const std::string& address, const std::string& what) const {
        ledger.refused(why, address, what);
        sink.on_refused(why, address, what);
    }
};

// What all connections share; it outlives them.
struct Surroundings {
    Network& network;
    const Ports& ports;
    Ledger& ledger;
    Peers& peers;
    int stop_fd;  // readable when associations are to end
};

// Used by one thread.
class Connection {
  public:
    Connection(const Surroundings& node, Peers::Peer& peer, std::shared_ptr<const Rules> rules,
               std::string address)
        : node_(node), peer_(&peer), rules_(std::move(rules)), address_(std::move(address)) {}

    // Returns when it has ended, however that came. Throws nothing.
    void serve(Fd connected, bool with_tls);

  private:
    void admit(PeerSocket& socket);
    void serve_association(PeerSocket& socket, Association& association);
    void refuse_unheard(const PeerSocket& socket, Refusal why, const std::string& what);
    void refused(Refusal why, const std::string& what) { rules_->refused(node_.ledger, why, address_, what); }

    Surroundings node_;
    Peers::Peer* peer_;
    std::shared_ptr<const Rules> rules_;
    std::string address_;
};

}  // namespace calcinode::receive
