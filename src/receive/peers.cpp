#include "receive/peers.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <system_error>

namespace calcinode::receive {
namespace {

// Displaced connections whose threads have not ended yet may be as many as that, for as long as that; then
// connections are closed as they come.
constexpr int most_displaced = 64;
constexpr std::chrono::milliseconds displaced_end_within{500};

}  // namespace

void Peers::set_limits(int associations, int associations_per_peer) {
    const std::scoped_lock lock(mutex_);
    associations_ = associations;
    associations_per_peer_ = associations_per_peer;
}

Result<> Peers::admit(const IpAddress& address, Fd socket, const Serve& serve) {
    std::list<Peer> fresh(1);
    Peer& peer = fresh.front();
    peer.address_ = address;
    peer.handle_ = Fd(::fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
    if (!peer.handle_) return fail("cannot keep the connection: " + system_error_text(errno));

    std::unique_lock lock(mutex_);
    const auto room = [&] { return count(Peer::Stage::unheard) < most_unheard + most_displaced; };
    if (!peer_done_.wait_for(lock, displaced_end_within, room))
        return fail("more connections than this node can deal with");
    displace_one();
    try {
        peer.thread_ = std::jthread([this, &peer, serve, connection = std::move(socket)]() mutable {
            serve(peer, std::move(connection));
            finish(peer);
        });
    } catch (const std::system_error& failure) {
        return fail(std::string("no thread for the connection: ") + failure.what());
    }
    peers_.splice(peers_.end(), fresh);
    return {};
}

// Makes room for one that is unheard.
void Peers::displace_one() {
    const auto counts = [](const Peer& peer) {
        return peer.stage_ == Peer::Stage::unheard && !peer.displaced_;
    };
    if (std::ranges::count_if(peers_, counts) < most_unheard) return;
    std::map<IpAddress, int> of_address;
    Peer* victim = nullptr;  // the oldest, as they stand in the order of their coming
    for (const auto& peer : peers_)
        if (counts(peer)) ++of_address[peer.address_];
    for (auto& peer : peers_)
        if (counts(peer) && (!victim || of_address[peer.address_] > of_address[victim->address_]))
            victim = &peer;
    victim->displaced_ = true;
    ::shutdown(victim->handle_.get(),
               SHUT_RDWR);  // its thread wakes up and sees that the connection has ended
}

void Peers::finish(Peer& peer) {
    const std::scoped_lock lock(mutex_);
    peer.stage_ = Peer::Stage::done;
    peer.handle_ = Fd();
    peer_done_.notify_all();
}

void Peers::reap() {
    std::list<Peer> ended;  // joined by their destructors, without the lock
    const std::scoped_lock lock(mutex_);
    for (auto it = peers_.begin(); it != peers_.end();) {
        const auto next = std::next(it);
        if (it->stage_ == Peer::Stage::done) ended.splice(ended.end(), peers_, it);
        it = next;
    }
}

bool Peers::wait_until_none(std::chrono::seconds bound) {
    std::unique_lock lock(mutex_);
    return peer_done_.wait_for(lock, bound, [&] {
        return std::ranges::all_of(peers_, [](const Peer& peer) { return peer.stage_ == Peer::Stage::done; });
    });
}

void Peers::wait_until_none() {
    while (!wait_until_none(std::chrono::hours(1))) {
    }
}

Peers::Place Peers::take_place(Peer& peer) {
    const std::scoped_lock lock(mutex_);
    if (count(Peer::Stage::association) >= associations_) return Place::too_many;
    const auto from_there = std::ranges::count_if(peers_, [&](const Peer& other) {
        return other.stage_ == Peer::Stage::association && other.address_ == peer.address_;
    });
    if (from_there >= associations_per_peer_) return Place::too_many_from_peer;
    peer.stage_ = Peer::Stage::association;
    peer.handle_ = Fd();
    return Place::taken;
}

bool Peers::was_displaced(const Peer& peer) const {
    const std::scoped_lock lock(mutex_);
    return peer.displaced_;
}

void Peers::set_receiving(Peer& peer, bool receiving) {
    const std::scoped_lock lock(mutex_);
    peer.receiving_ = receiving;
}

void Peers::set_fed(Peer& peer, const std::string& study_uid) {
    const std::scoped_lock lock(mutex_);
    peer.fed_studies_.insert(study_uid);
}

bool Peers::feeds(const std::string& study_uid) const {
    const std::scoped_lock lock(mutex_);
    return std::ranges::any_of(peers_, [&](const Peer& peer) {
        return peer.stage_ != Peer::Stage::done &&
               (peer.fed_studies_.contains(study_uid) || (peer.receiving_ && peer.fed_studies_.empty()));
    });
}

int Peers::open_associations() const {
    const std::scoped_lock lock(mutex_);
    return count(Peer::Stage::association);
}

int Peers::count(Peer::Stage stage) const {
    return static_cast<int>(std::ranges::count(peers_, stage, &Peer::stage_));
}

}  // namespace calcinode::receive
