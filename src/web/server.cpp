#include "web/server.hpp"

#include <spdlog/spdlog.h>

#include <thread>

#include "web/door.hpp"
#include "web/limits.hpp"
#include "web/session.hpp"
#include "web/stream.hpp"

namespace calcinode::web {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

class AsioServer final : public Server {
  public:
    AsioServer(const ServerOptions& options, Context context)
        : shared_{
              Site(std::move(context), Guard(options.token, !options.tls.certificate.empty())), {}, 0, {}} {}
    ~AsioServer() override { stop(); }
    AsioServer(const AsioServer&) = delete;
    AsioServer& operator=(const AsioServer&) = delete;

    // What is needed for TLS is read once, here.
    Result<> set_up_tls(const ServerOptions& options) {
        if (options.tls.certificate.empty()) return {};
        auto context = tls_server_context(options.tls, options.client_certificate);
        if (!context) return fail("HTTP: " + context.error().what);
        shared_.tls = std::make_unique<asio::ssl::context>(context->release());
        return {};
    }

    Result<> listen(const ServerOptions& options) {
        try {
            port_ = door_.open({asio::ip::make_address(options.bind), options.port});
        } catch (const boost::system::system_error& failure) {
            return fail("cannot listen for HTTP on " + options.bind + ", port " +
                        std::to_string(options.port) +
                        " (http.bind, http.port): " + failure.code().message());
        }
        thread_ = std::thread([this] { run(); });
        return {};
    }

    std::uint16_t port() const override { return port_; }

    void stop() override {
        if (!thread_.joinable()) return;
        asio::post(io_, [this] {
            door_.close();
            shared_.connections.close_all();
        });
        thread_.join();
    }

  private:
    // Until stop() has closed all there is.
    void run() {
        while (true) try {
                door_.wait();
                io_.run();
                return;
            } catch (const std::exception& error) {
                spdlog::error("HTTP: unexpected: {}", error.what());
                std::this_thread::sleep_for(rest_after_failure);  // no busy loop, whatever it is
            }
    }

    void take(tcp::socket socket) {
        auto& connections = shared_.connections;
        if (connections.count() < most_connections || make_room())
            serve_connection(std::move(socket), shared_);
        shared_.site.context().connections = connections.count();
    }

    bool make_room() {
        ++shared_.site.context().closed_for_others;
        return shared_.connections.close_one();
    }

    Shared shared_;
    asio::io_context io_{1};
    Door door_{io_, [this](tcp::socket socket) { take(std::move(socket)); }};
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(const ServerOptions& options, Context context) {
    auto server = std::make_unique<AsioServer>(options, std::move(context));
    if (auto ready = server->set_up_tls(options); !ready) return std::unexpected(ready.error());
    if (auto listening = server->listen(options); !listening) return std::unexpected(listening.error());
    return server;
}

}  // namespace calcinode::web
