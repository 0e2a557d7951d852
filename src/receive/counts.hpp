// What became of the connections since the server started: a number for each way it can go.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace calcinode::receive {

// Why a connection came to no association.
enum class Refusal {
    address,              // not among the allowed ones
    crowded,              // closed, silent as it was, to make room for another
    silent,               // asked for nothing in time, or went away before: port scans, load balancers
    tls_handshake,        // no agreement on TLS: no TLS at all, no trusted certificate ...
    malformed_request,    // what came is not an association request
    application_context,  // its application context is not DICOM's
    called_ae,
    calling_ae,
    too_many,            // as many associations as allowed are open
    too_many_from_peer,  // as many of them from its address as allowed
    internal_error,
};
inline constexpr std::size_t refusals = 11;

// How an association ended.
enum class Ending {
    released,
    aborted_by_peer,
    lost,           // the connection ended without a word
    idle,           // aborted here: silent for too long
    slow_message,   // aborted here: one message took too long
    too_long,       // aborted here: open for too long
    not_dicom,      // aborted here: the peer broke the protocol
    far_too_large,  // aborted here: an object so large that reading it to its end is no use
    shutdown,       // aborted here: the node stops
    internal_error,
};
inline constexpr std::size_t endings = 10;

// Short names, for metrics: "too_many_from_peer".
std::string_view name_of(Refusal refusal);
std::string_view name_of(Ending ending);

struct Counts {
    std::uint64_t connections = 0;   // accepted from the kernel
    std::uint64_t associations = 0;  // acknowledged
    std::array<std::uint64_t, refusals> refused{};
    std::array<std::uint64_t, endings> ended{};

    std::uint64_t of(Refusal refusal) const { return refused[static_cast<std::size_t>(refusal)]; }
    std::uint64_t of(Ending ending) const { return ended[static_cast<std::size_t>(ending)]; }
};

}  // namespace calcinode::receive
