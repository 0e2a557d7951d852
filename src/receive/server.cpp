#include "receive/server.hpp"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <set>
#include <thread>

#include "base/fd.hpp"
#include "receive/association.hpp"
#include "receive/listener.hpp"
#include "receive/log_budget.hpp"
#include "receive/negotiation.hpp"
#include "receive/session.hpp"

namespace calcinode::receive {
namespace {

using Clock = std::chrono::steady_clock;

// Connections beyond the limit of associations that may wait for their rejection, or keep silent, at once.
// Still more are closed as they come.
constexpr int waiting_connections = 32;
// What DCMTK can handle (ASC_MINIMUMPDUSIZE, ASC_MAXIMUMPDUSIZE).
constexpr std::uint32_t smallest_pdu = 4096, largest_pdu = 131072;

// Becomes readable once, for all who wait for it.
class Event {
  public:
    Event() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
    void raise() const { ::eventfd_write(fd_.get(), 1); }
    int fd() const { return fd_.get(); }
    explicit operator bool() const { return static_cast<bool>(fd_); }

  private:
    Fd fd_;
};

// One connection, from its acceptance on.
struct Peer {
    std::string address;
    bool is_association = false;  // counts against the limit
    bool receiving = false;       // an instance is on its way
    std::set<std::string> fed_studies;
    bool done = false;
    std::jthread thread;
};

class DicomServer final : public Server {
  public:
    DicomServer(const ServerOptions& options, InstanceSink sink, std::unique_ptr<Network> network,
                Fd listener)
        : options_(options),
          sink_(std::move(sink)),
          network_(std::move(network)),
          listener_(std::move(listener)),
          port_(port_of(listener_)) {
        options_.limits.max_pdu_bytes = std::clamp(options_.limits.max_pdu_bytes, smallest_pdu, largest_pdu);
        acceptor_ = std::jthread([this] { accept_until_stopped(); });
    }
    ~DicomServer() override { stop(0); }

    std::uint16_t port() const override { return port_; }
    bool feeds(const std::string& study_uid) const override;
    void stop(int bound_s) override;

  private:
    void accept_until_stopped();
    void welcome(Accepted accepted);
    void reap();
    void serve(Peer& peer, Fd socket);
    void serve_association(Peer& peer, PeerSocket& socket, Association& association);
    void warn_of_stranger(const Peer& peer, const std::string& what);
    bool take_place(Peer& peer);

    ServerOptions options_;
    InstanceSink sink_;
    std::unique_ptr<Network> network_;
    Fd listener_;
    std::uint16_t port_;
    Event stop_accepting_, stop_associations_;
    LogBudget strangers_;
    mutable std::mutex mutex_;  // guards peers_ and all in them but the threads' own
    std::condition_variable peer_done_;
    std::list<Peer> peers_;
    std::jthread acceptor_;
};

bool DicomServer::feeds(const std::string& study_uid) const {
    const std::scoped_lock lock(mutex_);
    return std::ranges::any_of(peers_, [&](const Peer& peer) {
        return !peer.done &&
               (peer.fed_studies.contains(study_uid) || (peer.receiving && peer.fed_studies.empty()));
    });
}

void DicomServer::stop(int bound_s) {
    stop_accepting_.raise();
    if (acceptor_.joinable()) acceptor_.join();
    listener_ = Fd();
    {
        std::unique_lock lock(mutex_);
        const auto none_left = [&] { return std::ranges::all_of(peers_, &Peer::done); };
        if (!peer_done_.wait_for(lock, std::chrono::seconds(bound_s), none_left)) {
            stop_associations_.raise();
            peer_done_.wait(lock, none_left);
        }
    }
    reap();
}

void DicomServer::accept_until_stopped() {
    constexpr std::chrono::milliseconds pause_without_descriptors{100};
    pollfd watched[] = {{listener_.get(), POLLIN, 0}, {stop_accepting_.fd(), POLLIN, 0}};
    while (true) {
        ::poll(watched, std::size(watched), -1);
        if (watched[1].revents != 0) return;
        if (watched[0].revents == 0) continue;
        reap();
        auto accepted = accept_from(listener_);
        if (accepted.socket) {
            welcome(std::move(accepted));
        } else if (accepted.error_number == EMFILE || accepted.error_number == ENFILE ||
                   accepted.error_number == ENOMEM || accepted.error_number == ENOBUFS) {
            if (int held_back = 0; strangers_.take(held_back))
                spdlog::error("cannot accept connections: {}", system_error_text(accepted.error_number));
            std::this_thread::sleep_for(pause_without_descriptors);
        }
    }
}

void DicomServer::welcome(Accepted accepted) {
    std::list<Peer> fresh(1);
    Peer& peer = fresh.front();
    peer.address = std::move(accepted.address);
    const std::scoped_lock lock(mutex_);
    if (peers_.size() >= static_cast<std::size_t>(options_.limits.associations + waiting_connections)) {
        warn_of_stranger(peer, "too many connections, closed");
        return;
    }
    try {
        peer.thread = std::jthread(
            [this, &peer, socket = std::move(accepted.socket)]() mutable { serve(peer, std::move(socket)); });
    } catch (const std::system_error& failure) {
        warn_of_stranger(peer, std::string("no thread for it: ") + failure.what());
        return;
    }
    peers_.splice(peers_.end(), fresh);
}

// Joins the threads that have ended.
void DicomServer::reap() {
    std::list<Peer> ended;
    {
        const std::scoped_lock lock(mutex_);
        for (auto it = peers_.begin(); it != peers_.end();) {
            const auto next = std::next(it);
            if (it->done) ended.splice(ended.end(), peers_, it);
            it = next;
        }
    }
}

bool DicomServer::take_place(Peer& peer) {
    const std::scoped_lock lock(mutex_);
    const auto taken =
        std::ranges::count_if(peers_, [](const Peer& p) { return p.is_association && !p.done; });
    peer.is_association = taken < options_.limits.associations;
    return peer.is_association;
}

void DicomServer::warn_of_stranger(const Peer& peer, const std::string& what) {
    int held_back = 0;
    if (!strangers_.take(held_back)) return;
    spdlog::warn("association from {}: {}{}", peer.address, what,
                 held_back == 0 ? "" : " (" + std::to_string(held_back) + " such lines held back)");
}

void DicomServer::serve(Peer& peer, Fd connected) {
    try {
        PeerSocket socket(std::move(connected), stop_associations_.fd(),
                          std::chrono::seconds(options_.limits.acse_timeout_s));
        auto association = Association::receive(*network_, socket, options_.limits.max_pdu_bytes);
        if (!association) {
            // Port scans and load balancers connect and go; that is no news.
            if (socket.bytes_read() > 0) warn_of_stranger(peer, association.error().what);
        } else if (const auto why = reject_unless_allowed(*association, options_, take_place(peer));
                   !why.empty()) {
            warn_of_stranger(peer, "rejected " + association->calling_ae() + ": " + why);
        } else {
            serve_association(peer, socket, *association);
        }
    } catch (const std::exception& failure) {
        spdlog::error("association from {} ended by an error here: {}", peer.address, failure.what());
    }
    const std::scoped_lock lock(mutex_);
    peer.done = true;
    peer_done_.notify_all();
}

void DicomServer::serve_association(Peer& peer, PeerSocket& socket, Association& association) {
    auto agreed = negotiate(association);
    if (agreed) agreed = association.acknowledge();
    if (!agreed) {
        association.abort();
        warn_of_stranger(peer, agreed.error().what);
        return;
    }
    socket.set_timeout(std::chrono::seconds(options_.limits.idle_timeout_s));
    const auto begin = Clock::now();
    Session session(association, options_.limits, sink_,
                    {.receiving =
                         [&](bool begins) {
                             const std::scoped_lock lock(mutex_);
                             peer.receiving = begins;
                         },
                     .fed_study =
                         [&](const std::string& study_uid) {
                             const std::scoped_lock lock(mutex_);
                             peer.fed_studies.insert(study_uid);
                         }});
    auto how = session.run();
    if (socket.end() == PeerSocket::End::too_slow) how = "aborted here: the peer was silent for too long";
    if (socket.end() == PeerSocket::End::stopped) how = "aborted here: the node shuts down";
    const auto& t = session.tally();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const bool only_echo =
        t.stored + t.duplicates + t.conflicts + t.ignored + t.refused == 0 && how == "released";
    spdlog::log(
        only_echo ? spdlog::level::debug : spdlog::level::info,
        "association from {} at {} {}: {} stored, {} duplicates, {} conflicts, {} ignored, {} refused, "
        "{} bytes in {:.2f} s",
        association.calling_ae(), peer.address, how, t.stored, t.duplicates, t.conflicts, t.ignored,
        t.refused, socket.bytes_read(), seconds);
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, InstanceSink sink) {
    auto listener = listen_on(options.bind_address, options.port);
    if (!listener) return std::unexpected(listener.error());
    auto network = Network::create(options.limits.acse_timeout_s);
    if (!network) return std::unexpected(network.error());
    return std::make_unique<DicomServer>(options, std::move(sink), std::move(*network), std::move(*listener));
}

}  // namespace calcinode::receive
