#include "deliver/transport.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "deliver/cutoff.hpp"
#include "deliver/tls_transport.hpp"

namespace calcinode::deliver {
namespace {

class PlainTransport final : public DcmTransportLayer {
  public:
    PlainTransport(int timeout_s, Cutoff* cutoff) : timeout_s_(timeout_s), cutoff_(cutoff) {}
    DcmTransportConnection* createConnection(DcmNativeSocketType socket, OFBool secure) override {
        auto* const connection = DcmTransportLayer::createConnection(socket, secure);
        if (connection) prepare_socket(socket, timeout_s_, cutoff_);
        return connection;
    }

  private:
    int timeout_s_;
    Cutoff* cutoff_;
};

}  // namespace

void prepare_socket(int socket, int timeout_s, Cutoff* cutoff) {
    if (cutoff) cutoff->guard(socket);
    const int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // DCMTK's own time-outs for these are one for the process.
    const timeval timeout{timeout_s, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
}

Result<Transport> make_transport(const Destination& destination, Cutoff* cutoff) {
    if (destination.tls) return make_tls_transport(destination, cutoff);
    return Transport{std::make_unique<PlainTransport>(destination.timeout_s, cutoff),
                     std::make_shared<const std::string>()};
}

}  // namespace calcinode::deliver
