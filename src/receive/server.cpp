#include "receive/server.hpp"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <memory>
#include <thread>

#include "base/changeable.hpp"
#include "base/fd.hpp"
#include "receive/association.hpp"
#include "receive/connection.hpp"
#include "receive/listener.hpp"

namespace calcinode::receive {
namespace {

using Clock = std::chrono::steady_clock;

// What DCMTK can handle (ASC_MINIMUMPDUSIZE, ASC_MAXIMUMPDUSIZE).
constexpr std::uint32_t smallest_own_pdu = 4096, largest_own_pdu = 131072;
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
    using RulesNow = std::shared_ptr<const Rules>;
    static RulesNow rules_of(const ServerOptions& options, InstanceSink sink) {
        auto rules = std::make_shared<Rules>(options, std::move(sink));
        auto& pdu_bytes = rules->options.limits.max_pdu_bytes;
        pdu_bytes = std::clamp(pdu_bytes, smallest_own_pdu, largest_own_pdu);
        return rules;
    }

    Surroundings surroundings() { return {*network_, ports_, ledger_, peers_, stop_associations_.fd()}; }
    void accept_until_stopped();
    void accept_one(const Fd& listener, bool with_tls);
    void welcome(Accepted accepted, bool with_tls);

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
        rules->refused(ledger_, Refusal::address, address,
                       "its address is not among the allowed ones, closed");
        return;
    }
    const auto admitted =
        peers_.admit(accepted.address, std::move(accepted.socket),
                     [this, rules, address, with_tls](Peers::Peer& peer, Fd socket) {
                         Connection(surroundings(), peer, rules, address).serve(std::move(socket), with_tls);
                     });
    if (!admitted) rules->refused(ledger_, Refusal::crowded, address, admitted.error().what + ", closed");
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
