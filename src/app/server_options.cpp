#include "app/server_options.hpp"

#include "base/units.hpp"

namespace calcinode::app {
namespace {

receive::Limits limits_of(const config::Receive& receive) {
    receive::Limits limits;
    limits.associations = receive.max_associations;
    limits.associations_per_peer = receive.max_associations_per_peer;
    limits.acse_timeout_s = receive.acse_timeout_s;
    limits.idle_timeout_s = receive.idle_timeout_s;
    limits.message_timeout_s = receive.message_timeout_s;
    limits.association_timeout_s = receive.association_timeout_s;
    limits.max_pdu_bytes = static_cast<std::uint32_t>(receive.max_pdu_bytes);
    limits.max_object_bytes = static_cast<std::uint64_t>(receive.max_object_mib) * mib;
    return limits;
}

}  // namespace

receive::ServerOptions server_options(const config::Config& config) {
    receive::ServerOptions options;
    options.ae_title = config.node.ae_title;
    options.bind_address = config.node.bind;
    options.port = config.receive.plain ? std::optional(config.node.port) : std::nullopt;
    if (config.tls.port != 0)
        options.tls = {config.tls.port, config.tls.files, config.tls.client_certificate};
    options.allowed_callers = config.receive.allowed_callers;
    for (const auto& network : config.receive.allowed_addresses)
        options.allowed_addresses.push_back(IpNetwork::parse(network).value());  // checked when it was read
    options.check_called = config.receive.check_called_ae;
    options.limits = limits_of(config.receive);
    return options;
}

}  // namespace calcinode::app
