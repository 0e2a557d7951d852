// Everyone who is connected, from the acceptance of the connection to the end of its thread, and who may come
// in where there is little room.
//
// A connection is `unheard` until it has asked for its association, or is refused. It costs a thread all the
// same, so there are only `most_unheard` of them; where one more comes, the address that has most of them
// loses its oldest. So who opens connections and keeps silent only displaces himself, and a sender, whose
// request comes at once, is not held up by others' silence.
//
// All calls from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <mutex>
#include <set>
#include <string>
#include <thread>

#include "base/fd.hpp"
#include "base/ip_address.hpp"
#include "base/result.hpp"

namespace calcinode::receive {

class Peers {
  public:
    // One connection; the members are guarded by Peers.
    class Peer {
        friend class Peers;
        IpAddress address_;
        enum class Stage { unheard, association, done } stage_ = Stage::unheard;
        bool displaced_ = false;  // unheard, and told to end
        Fd handle_;               // of the connection while it is unheard, to end it from outside
        bool receiving_ = false;  // an instance is on its way
        std::set<std::string> fed_studies_;
        std::jthread thread_;
    };
    enum class Place { taken, too_many, too_many_from_peer };
    using Serve = std::function<void(Peer&, Fd)>;

    static constexpr int most_unheard = 64;

    // How many associations may be open, in total and from one address.
    Peers(int associations, int associations_per_peer)
        : associations_(associations), associations_per_peer_(associations_per_peer) {}

    // Holds for associations that ask from now on.
    void set_limits(int associations, int associations_per_peer);
    // Runs `serve` with the connection in a thread of its own. It must not throw.
    Result<> admit(const IpAddress& address, Fd socket, const Serve& serve);
    // Joins the threads that have ended.
    void reap();
    // Whether `bound` was enough for all threads to end.
    bool wait_until_none(std::chrono::seconds bound);
    void wait_until_none();

    // Of the connection's own thread:
    Place take_place(Peer& peer);  // as an association, if there is room
    bool was_displaced(const Peer& peer) const;
    void set_receiving(Peer& peer, bool receiving);
    void set_fed(Peer& peer, const std::string& study_uid);

    bool feeds(const std::string& study_uid) const;
    int open_associations() const;

  private:
    void finish(Peer& peer);
    void displace_one();
    int count(Peer::Stage stage) const;

    mutable std::mutex mutex_;  // guards all below, and what is in the peers but their threads
    int associations_, associations_per_peer_;
    std::condition_variable peer_done_;
    std::list<Peer> peers_;
};

}  // namespace calcinode::receive
