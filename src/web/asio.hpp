// Boost's Asio as web/ uses it. Internal; it costs seconds to compile.
#pragma once

// One thread runs the io_context, so it needs no fences; ThreadSanitizer does not know them.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK
#include <utility>
// Boost 1.74's Asio uses std::exchange without including <utility>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
