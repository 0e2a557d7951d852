#include "receive/connection.hpp"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <csignal>

#include "receive/negotiation.hpp"
#include "receive/session.hpp"

namespace calcinode::receive {
namespace {

using Clock = std::chrono::steady_clock;

// OpenSSL writes to sockets in a way that raises SIGPIPE where the peer has gone. Here it stays pending,
// whatever the process does about it.
void block_sigpipe() {
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

// Negotiates, and tells the peer; what negotiate() says.
Result<std::string> agree(Association& association) {
    auto nothing_taken = negotiate(association);
    if (!nothing_taken) return nothing_taken;
    if (auto told = association.acknowledge(); !told) return std::unexpected(told.error());
    return nothing_taken;
}

}  // namespace

void Connection::serve(Fd connected, bool with_tls) {
    block_sigpipe();
    const std::chrono::seconds acse_timeout(rules_->options.limits.acse_timeout_s);
    try {
        PeerSocket socket(std::move(connected), node_.stop_fd, acse_timeout);
        socket.set_deadline(acse_timeout);
        const auto secured = with_tls ? socket.start_tls(*node_.ports.tls_context) : Result<>();
        if (secured)
            admit(socket);
        else
            refuse_unheard(socket, Refusal::tls_handshake, "no TLS: " + secured.error().what);
    } catch (const std::exception& failure) {
        refused(Refusal::internal_error, std::string("ended by an error here: ") + failure.what());
    }
}

// From the first byte to the end.
void Connection::admit(PeerSocket& socket) {
    const auto& options = rules_->options;
    auto association = Association::receive(node_.network, socket, options.limits.max_pdu_bytes);
    if (!association) return refuse_unheard(socket, Refusal::malformed_request, association.error().what);
    auto rejection = why_not_allowed(*association, options);
    if (!rejection) rejection = why_no_room(node_.peers.take_place(*peer_), options.limits);
    if (rejection) {
        // First the log: whoever sees the rejection may look for its reason there.
        const auto caller = association->calling_ae();
        refused(rejection->why,
                "rejected " + (caller.empty() ? "a nameless caller" : caller) + ": " + rejection->in_words);
        return reject(*association, *rejection);
    }
    const auto nothing_taken = agree(*association);
    if (!nothing_taken) {
        association->abort();
        return refused(Refusal::malformed_request, nothing_taken.error().what);
    }
    if (!nothing_taken->empty())
        node_.ledger.nothing_taken(association->calling_ae() + " at " + address_ + ": " + *nothing_taken);
    node_.ledger.accepted();
    socket.set_deadline();
    socket.set_timeout(std::chrono::seconds(options.limits.idle_timeout_s));
    serve_association(socket, *association);
}

void Connection::refuse_unheard(const PeerSocket& socket, Refusal why, const std::string& what) {
    if (node_.peers.was_displaced(*peer_))
        return refused(Refusal::crowded, "asked for nothing yet and was closed to make room for others");
    // Port scans and load balancers connect and go; that is no news.
    if (socket.bytes_read() == 0) return refused(Refusal::silent, "");
    const bool waited_in_vain = why != Refusal::tls_handshake && socket.end() != PeerSocket::End::none;
    refused(waited_in_vain ? Refusal::silent : why, what);
}

void Connection::serve_association(PeerSocket& socket, Association& association) {
    const auto begin = Clock::now();
    Brought brought{address_, association.calling_ae(), {}};
    const auto secured = socket.channel().description();  // before it is closed
    Session session(association, rules_->options.limits, rules_->sink,
                    {.receiving = [&](bool receiving) { node_.peers.set_receiving(*peer_, receiving); },
                     .fed_study =
                         [&](const std::string& study_uid) {
                             node_.peers.set_fed(*peer_, study_uid);
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
    const auto& t = session.tally();
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    if (!brought.stored.empty()) rules_->sink.on_brought(brought);
    const auto line = fmt::format(
        "association from {} at {}{} {}: {} stored, {} duplicates, {} conflicts, {} ignored, {} refused, {} "
        "bytes in {:.2f} s",
        association.calling_ae(), address_, secured.empty() ? "" : " (" + secured + ")", how, t.stored,
        t.duplicates, t.conflicts, t.ignored, t.refused, socket.bytes_read(), seconds);
    const bool brought_something = t.stored + t.duplicates + t.conflicts + t.ignored > 0;
    const bool only_echo = !brought_something && t.refused == 0 && ending == Ending::released;
    node_.ledger.ended(ending, line,
                       only_echo           ? Ledger::Line::debug
                       : brought_something ? Ledger::Line::always
                                           : Ledger::Line::within_budget);
}

}  // namespace calcinode::receive
