// What one client, and all of them together, may take of the HTTP interface. Ingest must not feel it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace calcinode::web {

// Connections open at once; one more closes the one that waits longest for its request. Small against the
// files that a process may have open (1024 is usual).
inline constexpr std::size_t most_connections = 128;
// Requests at once that wait for news (/api/v1/events); others are answered at once.
inline constexpr int most_waiting = 32;
inline constexpr std::uint32_t largest_header_bytes = 8 * 1024;
inline constexpr std::uint64_t largest_body_bytes = 4 * 1024;  // no request needs one
inline constexpr std::size_t longest_target = 2 * 1024;
inline constexpr std::size_t most_parameters = 16;
// For a request from its connection to its end; between two requests of one connection.
inline constexpr std::chrono::seconds request_time{10}, idle_time{30};
// For a client to take the next part of an answer, and all of it.
inline constexpr std::chrono::seconds part_time{15}, answer_time{600};
// A request for news is answered after so long without any.
inline constexpr std::chrono::seconds longest_wait{25};
inline constexpr std::chrono::milliseconds look_for_news{500};
// What many ask for at once is made once in so long: it costs as much as the database is large.
inline constexpr std::chrono::milliseconds made_anew{1000};

// Before trying again what failed for lack of something, so that it takes no whole processor.
inline constexpr std::chrono::milliseconds rest_after_failure{100};

inline constexpr int most_listed = 200, usually_listed = 50;  // studies in one answer
inline constexpr std::size_t largest_result = 32U << 20;      // result.json; real ones have less than 1 MiB

}  // namespace calcinode::web
