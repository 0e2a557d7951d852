#include "deliver/tls_transport.hpp"

#include <dcmtk/dcmtls/tlslayer.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

namespace calcinode::deliver {
namespace {

class TlsTransport final : public DcmTLSTransportLayer {
  public:
    TlsTransport(std::string expected_name, int timeout_s, Cutoff* cutoff)
        : DcmTLSTransportLayer(NET_REQUESTOR, nullptr, /* initializeOpenSSL */ OFFalse),
          expected_name_(std::move(expected_name)),
          timeout_s_(timeout_s),
          cutoff_(cutoff) {}

    Result<> configure(const TlsFiles& files) {
        auto* const context = getNativeHandle();
        if (!context) return fail("TLS cannot be started");
        if (auto set = set_up_tls_client(*context, files, expected_name_); !set) return set;
        SSL_CTX_set_app_data(context, this);
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, verify);
        return {};
    }

    DcmTransportConnection* createConnection(DcmNativeSocketType socket, OFBool) override {
        auto* const connection = DcmTLSTransportLayer::createConnection(socket, /* secure */ OFTrue);
        if (connection) prepare_socket(socket, timeout_s_, cutoff_);
        return connection;
    }

    std::shared_ptr<const std::string> mistake() const { return mistake_; }

  private:
    // OpenSSL's callback for each certificate of the peer's chain; its own judgement stands.
    static int verify(int so_far, X509_STORE_CTX* chain) {
        const auto* const ssl =
            static_cast<const SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
        const auto* const self = static_cast<const TlsTransport*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
        if (so_far == 0)
            *self->mistake_ = certificate_mistake(X509_STORE_CTX_get_error(chain), self->expected_name_);
        return so_far;
    }

    std::string expected_name_;
    int timeout_s_;
    Cutoff* cutoff_;
    std::shared_ptr<std::string> mistake_ = std::make_shared<std::string>();
};

}  // namespace

Result<Transport> make_tls_transport(const Destination& destination, Cutoff* cutoff) {
    const auto& tls = *destination.tls;
    const auto& name = tls.certificate_name.empty() ? destination.host : tls.certificate_name;
    auto layer = std::make_unique<TlsTransport>(name, destination.timeout_s, cutoff);
    if (auto configured = layer->configure(tls.files); !configured)
        return std::unexpected(configured.error());
    auto mistake = layer->mistake();
    return Transport{std::move(layer), std::move(mistake)};
}

}  // namespace calcinode::deliver
