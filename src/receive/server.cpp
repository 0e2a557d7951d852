#include "receive/server.hpp"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <memory>
#include <thread>

#include "base/changeable.hpp"
#include "base/fd.hpp"
#include "receive/association.hpp"
#include "receive/ledger.hpp"
#include "receive/listener.hpp"
#include "receive/negotiation.hpp"
#include "receive/peers.hpp"
#include "receive/ports.hpp"
#include "receive/session.hpp"

namespace calcinode::receive {
namespace {

using Clock = std::chrono::steady_clock;

// What DCMTK can handle (ASC_MINIMUMPDUSIZE, ASC_MAXIMUMPDUSIZE).
constexpr std::uint32_t smallest_pdu = 4096, largest_pdu = 131072;
// How often the threads of ended associations are joined where no new connection comes.
constexpr std::chrono::milliseconds reap_every{1000};

// Becomes readable once, for all who wait for it.
class Event {
  public:
    Event() : fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
    void raise() const { ::eventfd_write(fd_.get(), 1); }
    int fd() const { return fd_.get(); }

  private:
    Fd fd_;
};

// OpenSSL writes to sockets in a way that raises SIGPIPE where the peer has gone. Here it stays pending,
// whatever the process does about it.
void block_sigpipe() {
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

class DicomServer final : public Server {
  public:
    DicomServer(const ServerOptions& options, InstanceSink sink, std::unique_ptr<Network> network,
                Ports ports)
        : rules_(rules_of(options, std::move(sink))),
          network_(std::move(network)),
          ports_(std::move(ports)),
          peers_(options.limits.associations, options.limits.associations_per_peer) {
        acceptor_ = std::jthread([this] { accept_until_stopped(); });
    }
    ~DicomServer() override { stop(0); }

    void change(const ServerOptions& options, InstanceSink sink) override {
        rules_.set(rules_of(options, std::move(sink)));
        peers_.set_limits(options.limits.associations, options.limits.associations_per_peer);
    }
    Clock::time_point last_look() const override { return last_look_; }

    std::uint16_t port() const override { return ports_.plain_number; }
    std::uint16_t tls_port() const override { return ports_.tls_number; }
    bool feeds(const std::string& study_uid) const override { return peers_.feeds(study_uid); }
    Counts counts() const override { return ledger_.counts(); }
    int open_associations() const override { return peers_.open_associations(); }
    void stop(int bound_s) override;

  private:
    // A connection keeps those that held when it came.
    struct Rules {
        ServerOptions options;
        InstanceSink sink;
    };
    using RulesNow = std::shared_ptr<const Rules>;
    static RulesNow rules_of(const ServerOptions& options, InstanceSink sink) {
        auto rules = std::make_shared<Rules>(options, std::move(sink));
        auto& pdu_bytes = rules->options.limits.max_pdu_bytes;
        pdu_bytes = std::clamp(pdu_bytes, smallest_pdu, largest_pdu);
        return rules;
    }

    void refused(Refusal why, const std::string& address, const std::string& what);
    void accept_until_stopped();
    void accept_one(const Fd& listener, bool with_tls);
    void welcome(Accepted accepted, bool with_tls);
    void serve(Peers::Peer& peer, const Rules& rules, const std::string& address, Fd connected,
               bool with_tls);
    void admit(Peers::Peer& peer, const Rules& rules, const std::string& address, PeerSocket& socket);
    void serve_association(Peers::Peer& peer, const Rules& rules, const std::string& address,
                           PeerSocket& socket, Association& association);
    void refuse_unheard(const Peers::Peer& peer, const std::string& address, const PeerSocket& socket,
                        Refusal why, const std::string& what);

    Changeable<RulesNow> rules_;
    std::unique_ptr<Network> network_;
    Ports ports_;
    Event stop_accepting_, stop_associations_;
    Ledger ledger_;
    Peers peers_;
    std::atomic<Clock::time_point> last_look_ = Clock::now();
    std::jthread acceptor_;
};

void DicomServer::stop(int bound_s) {
    stop_accepting_.raise();
    if (acceptor_.joinable()) acceptor_.join();
    ports_.close();
    if (!peers_.wait_until_none(std::chrono::seconds(bound_s))) {
        stop_associations_.raise();
        peers_.wait_until_none();
    }
    peers_.reap();
}

void DicomServer::refused(Refusal why, const std::string& address, const std::string& what) {
    ledger_.refused(why, address, what);
    rules_.get()->sink.on_refused(why, address, what);
}

void DicomServer::accept_until_stopped() {
    pollfd watched[] = {{ports_.plain.get(), POLLIN, 0},  // a negative descriptor is passed over
                        {ports_.tls.get(), POLLIN, 0},
                        {stop_accepting_.fd(), POLLIN, 0}};
    while (true) {
        ::poll(watched, std::size(watched), static_cast<int>(reap_every.count()));
        if (watched[2].revents != 0) return;
        last_look_ = Clock::now();
        peers_.reap();
        if (watched[0].revents != 0) accept_one(ports_.plain, false);
        if (watched[1].revents != 0) accept_one(ports_.tls, true);
    }
}

void DicomServer::accept_one(const Fd& listener, bool with_tls) {
    constexpr std::chrono::milliseconds pause_without_descriptors{100};
    auto accepted = accept_from(listener);
    if (accepted.socket) return welcome(std::move(accepted), with_tls);
    const int error = accepted.error_number;
    if (error != EMFILE && error != ENFILE && error != ENOMEM && error != ENOBUFS) return;
    ledger_.cannot_accept(system_error_text(error));
    std::this_thread::sleep_for(pause_without_descriptors);
}

void DicomServer::welcome(Accepted accepted, bool with_tls) {
    ledger_.connected();
    const auto address = accepted.address.str();
    const auto rules = rules_.get();
    const auto& allowed = rules->options.allowed_addresses;
    const auto has_it = [&](const IpNetwork& network) { return network.contains(accepted.address); };
    if (!allowed.empty() && std::ranges::none_of(allowed, has_it)) {
        refused(Refusal::address, address, "its address is not among the allowed ones, closed");
        return;
    }
    const auto admitted = peers_.admit(accepted.address, std::move(accepted.socket),
                                       [this, rules, address, with_tls](Peers::Peer& peer, Fd socket) {
                                           serve(peer, *rules, address, std::move(socket), with_tls);
                                       });
    if (!admitted) refused(Refusal::crowded, address, admitted.error().what + ", closed");
}

void DicomServer::serve(Peers::Peer& peer, const Rules& rules, const std::string& address, Fd connected,
                        bool with_tls) {
    block_sigpipe();
    const std::chrono::seconds acse_timeout(rules.options.limits.acse_timeout_s);
    try {
        PeerSocket socket(std::move(connected), stop_associations_.fd(), acse_timeout);
        socket.set_deadline(acse_timeout);
        const auto secured = with_tls ? socket.start_tls(*ports_.tls_context) : Result<>();
        if (secured)
            admit(peer, rules, address, socket);
        else
            refuse_unheard(peer, address, socket, Refusal::tls_handshake, "no TLS: " + secured.error().what);
    } catch (const std::exception& failure) {
        refused(Refusal::internal_error, address, std::string("ended by an error here: ") + failure.what());
    }
}

// From the first byte to the end.
void DicomServer::admit(Peers::Peer& peer, const Rules& rules, const std::string& address,
                        PeerSocket& socket) {
    const auto& options = rules.options;
    auto association = Association::receive(*network_, socket, options.limits.max_pdu_bytes);
    if (!association)
        return refuse_unheard(peer, address, socket, Refusal::malformed_request, association.error().what);
    auto rejection = why_not_allowed(*association, options);
    if (!rejection) rejection = why_no_room(peers_.take_place(peer), options.limits);
    if (rejection) {
        // First the log: whoever sees the rejection may look for its reason there.
        refused(rejection->why, address,
                "rejected " + association->calling_ae() + ": " + rejection->in_words);
        return reject(*association, *rejection);
    }
    const auto negotiated = negotiate(*association);
    Result<> agreed;
    if (negotiated)
        agreed = association->acknowledge();
    else
        agreed = std::unexpected(negotiated.error());
    if (!agreed) {
        association->abort();
        return refused(Refusal::malformed_request, address, agreed.error().what);
    }
    if (!negotiated->empty())
        ledger_.nothing_taken(association->calling_ae() + " at " + address + ": " + *negotiated);
    ledger_.accepted();
    socket.set_deadline();
    socket.set_timeout(std::chrono::seconds(options.limits.idle_timeout_s));
    serve_association(peer, rules, address, socket, *association);
}

void DicomServer::refuse_unheard(const Peers::Peer& peer, const std::string& address,
                                 const PeerSocket& socket, Refusal why, const std::string& what) {
    if (peers_.was_displaced(peer))
        return refused(Refusal::crowded, address,
                       "asked for nothing yet and was closed to make room for others");
    // Port scans and load balancers connect and go; that is no news.
    if (socket.bytes_read() == 0) return refused(Refusal::silent, address, "");
    const bool waited_in_vain = why != Refusal::tls_handshake && socket.end() != PeerSocket::End::none;
    refused(waited_in_vain ? Refusal::silent : why, address, what);
}

void DicomServer::serve_association(Peers::Peer& peer, const Rules& rules, const std::string& address,
                                    PeerSocket& socket, Association& association) {
    const auto begin = Clock::now();
    Brought brought{address, association.calling_ae(), {}};
    const auto secured = socket.channel().description();  // before it is closed
    Session session(association, rules.options.limits, rules.sink,
                    {.receiving = [&](bool receiving) { peers_.set_receiving(peer, receiving); },
                     .fed_study =
                         [&](const std::string& study_uid) {
                             peers_.set_fed(peer, study_uid);
                             ++brought.stored[study_uid];
                         }});
    auto ending = session.run();
    auto how = session.how_it_ended();
    if (ending == Ending::lost && socket.end() == PeerSocket::End::too_slow) {
        ending = Ending::idle;
        how = "aborted here: the peer was silent for too long";
    } else if (ending == Ending::lost && socket.end() == PeerSocket::End::stopped) {
        ending = Ending::shutdown;
        how = "aborted here: the node shuts down";
    }
    if (!brought.stored.empty()) rules.sink.on_brought(brought);
    const auto& t = session.tally();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const auto line = fmt::format(
        "association from {} at {}{} {}: {} stored, {} duplicates, {} conflicts, {} ignored, {} refused, {} "
        "bytes "
        "in {:.2f} s",
        association.calling_ae(), address, secured.empty() ? "" : " (" + secured + ")", how, t.stored,
        t.duplicates, t.conflicts, t.ignored, t.refused, socket.bytes_read(), seconds);
    const bool brought_something = t.stored + t.duplicates + t.conflicts + t.ignored > 0;
    const bool only_echo = !brought_something && t.refused == 0 && ending == Ending::released;
    ledger_.ended(ending, line,
                  only_echo           ? Ledger::Line::debug
                  : brought_something ? Ledger::Line::always
                                      : Ledger::Line::within_budget);
}

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, InstanceSink sink) {
    auto ports = Ports::open(options);
    if (!ports) return std::unexpected(ports.error());
    auto network = Network::create(options.limits.acse_timeout_s);
    if (!network) return std::unexpected(network.error());
    return std::make_unique<DicomServer>(options, std::move(sink), std::move(*network), std::move(*ports));
}

}  // namespace calcinode::receive
