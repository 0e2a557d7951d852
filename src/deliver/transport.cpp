#include "deliver/transport.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "deliver/tls_transport.hpp"

namespace calcinode::deliver {
namespace {

class PlainTransport final : public DcmTransportLayer {
  public:
    explicit PlainTransport(int timeout_s) : timeout_s_(timeout_s) {}
    DcmTransportConnection* createConnection(DcmNativeSocketType socket, OFBool secure) override {
        auto* const connection = DcmTransportLayer::createConnection(socket, secure);
        if (connection) prepare_socket(socket, timeout_s_);
        return connection;
    }

  private:
    int timeout_s_;
};

}  // namespace

void prepare_socket(int socket, int timeout_s) {
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // DCMTK's own time-outs for these are one for the process.
    const timeval timeout{timeout_s, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

Result<Transport> make_transport(const Destination& destination) {
    if (destination.tls) return make_tls_transport(destination);
    return Transport{std::make_unique<PlainTransport>(destination.timeout_s),
                     std::make_shared<const std::string>()};
}

}  // namespace calcinode::deliver
