// The bytes of one connection, by TLS or as they are: one face for both, through which Beast reads and
// writes. Internal to web/; it costs seconds to compile.
#pragma once

#include <boost/beast/core/tcp_stream.hpp>
#include <optional>
#include <string>

#include "web/asio.hpp"
// After web/asio.hpp, for its sake
#include <boost/asio/ssl.hpp>

namespace calcinode::web {

class Stream {
  public:
    using executor_type = boost::beast::tcp_stream::executor_type;

    // `tls` null: none is spoken.
    Stream(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls) : tcp_(std::move(socket)) {
        if (tls) tls_.emplace(tcp_, *tls);
    }

    executor_type get_executor() { return tcp_.get_executor(); }
    // Below TLS: its time-outs hold for all that is done by TLS as well.
    boost::beast::tcp_stream& tcp() { return tcp_; }
    const boost::beast::tcp_stream& tcp() const { return tcp_; }
    bool has_tls() const { return tls_.has_value(); }
    // Whatever comes now goes as it is.
    void leave_tls() { tls_.reset(); }
    // Why the peer's certificate was not accepted; empty: that was not the reason.
    std::string certificate_refused();

    template <class Handler>
    void async_handshake(Handler&& handler) {
        tls_->async_handshake(boost::asio::ssl::stream_base::server, std::forward<Handler>(handler));
    }
    template <class Handler>
    void async_shutdown(Handler&& handler) {
        tls_->async_shutdown(std::forward<Handler>(handler));
    }
    template <class Buffers, class Handler>
    void async_read_some(const Buffers& buffers, Handler&& handler) {
        if (tls_) return tls_->async_read_some(buffers, std::forward<Handler>(handler));
        tcp_.async_read_some(buffers, std::forward<Handler>(handler));
    }
    template <class Buffers, class Handler>
    void async_write_some(const Buffers& buffers, Handler&& handler) {
        if (tls_) return tls_->async_write_some(buffers, std::forward<Handler>(handler));
        tcp_.async_write_some(buffers, std::forward<Handler>(handler));
    }

  private:
    boost::beast::tcp_stream tcp_;
    std::optional<boost::asio::ssl::stream<boost::beast::tcp_stream&>> tls_;
};

// A failed handshake that began like a request without TLS.
bool came_without_tls(const boost::system::error_code& error);

}  // namespace calcinode::web
