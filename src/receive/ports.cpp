#include "receive/ports.hpp"

#include "receive/listener.hpp"

namespace calcinode::receive {
namespace {

Result<> listen(const std::string& address, std::uint16_t port, Fd& listener, std::uint16_t& number) {
    auto opened = listen_on(address, port);
    if (!opened) return std::unexpected(opened.error());
    listener = std::move(*opened);
    number = port_of(listener);
    return {};
}

}  // namespace

Result<Ports> Ports::open(const ServerOptions& options) {
    Ports ports;
    Result<> opened;
    if (options.tls) {
        auto context = tls_server_context(options.tls->files, options.tls->client);
        if (!context) return std::unexpected(context.error());
        ports.tls_context = std::move(*context);
        opened = listen(options.bind_address, options.tls->port, ports.tls, ports.tls_number);
    }
    if (opened && options.port)
        opened = listen(options.bind_address, *options.port, ports.plain, ports.plain_number);
    if (!opened) return std::unexpected(opened.error());
    return ports;
}

}  // namespace calcinode::receive
