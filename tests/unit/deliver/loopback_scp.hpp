// What the PACS of the tests have in common: DCMTK's own SCP class on a free loopback port, in a thread.
#pragma once

#include <arpa/inet.h>
#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmnet/scp.h>
#include <doctest/doctest.h>
#include <sys/socket.h>

#include <atomic>
#include <cstdint>
#include <thread>

#include "base/fd.hpp"

namespace calcinode::test {

// A free loopback port, and the socket that holds it until a test wants it for something else.
struct FreePort {
    Fd socket;
    std::uint16_t port = 0;

    FreePort() : socket(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0);
        port = ntohs(address.sin_port);
    }
};

// Whoever derives from it calls begin_listening() when it is made, and end() before it is gone.
class LoopbackScp : protected DcmSCP {
  public:
    LoopbackScp(const LoopbackScp&) = delete;
    LoopbackScp& operator=(const LoopbackScp&) = delete;

    std::uint16_t port() const { return port_; }

  protected:
    LoopbackScp() : port_(FreePort().port) {}

    void offer(const char* sop_class, T_ASC_SC_ROLE role = ASC_SC_ROLE_DEFAULT) {
        OFList<OFString> syntaxes;
        syntaxes.push_back(UID_LittleEndianExplicitTransferSyntax);
        addPresentationContext(sop_class, syntaxes, role);
    }
    void begin_listening() {
        setAETitle("PACS");
        setConnectionBlockingMode(DUL_NOBLOCK);
        setConnectionTimeout(1);
        REQUIRE(opens_a_port());
        thread_ = std::jthread([this] { acceptAssociations(); });
    }
    void end() {
        ends_ = true;
        thread_.join();
    }
    bool ends() const { return ends_; }

  private:
    // A port that was free is another program's now and then before it is ours.
    bool opens_a_port() {
        for (int attempt = 0; attempt < 5; ++attempt) {
            setPort(port_);
            if (openListenPort().good()) return true;
            port_ = FreePort().port;
        }
        return false;
    }
    OFBool stopAfterCurrentAssociation() override { return ends_; }
    OFBool stopAfterConnectionTimeout() override { return ends_; }

    std::uint16_t port_;
    std::atomic<bool> ends_ = false;
    std::jthread thread_;
};

}  // namespace calcinode::test
