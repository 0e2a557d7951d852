// One DICOM association as the acceptor sees it: a fence around DCMTK's upper layer.
//
// What the fence is for (DCMTK 3.6.7): it takes a connected socket only through a process-global variable,
// and reads the association request while it holds that; so the whole request is read before, with a
// deadline, and the hand-over under a mutex works from memory. A slow peer delays nobody.
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmnet/assoc.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "receive/peer_socket.hpp"

namespace calcinode::receive {

// DCMTK's network handle, with nothing listening behind it. Must outlive its associations.
class Network {
  public:
    static Result<std::unique_ptr<Network>> create(int acse_timeout_s);
    ~Network();
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

  private:
    friend class Association;
    class Layer;
    Network();
    T_ASC_Network* network_ = nullptr;
    std::unique_ptr<Layer> layer_;
};

// A piece of a message (presentation data value).
struct Fragment {
    std::uint8_t context_id = 0;
    bool command = false, last = false;
    std::span<const std::byte> data;  // valid until the next fragment is asked for
};

// `malformed`: what came is no PDU that may come here; the peer has been told of the abort.
enum class Next { fragment, release, aborted, lost, malformed };

class Association {
  public:
    // Reads the association request from `socket`, which must outlive the association.
    static Result<Association> receive(Network& network, PeerSocket& socket, std::uint32_t max_pdu_bytes);
    Association(Association&& other) noexcept
        : handle_(std::exchange(other.handle_, nullptr)), socket_(other.socket_) {}
    Association& operator=(Association&&) = delete;
    ~Association();

    T_ASC_Association* get() const { return handle_; }
    T_ASC_Parameters* parameters() const { return handle_->params; }
    // AE titles without padding; anything unprintable is a '?'.
    std::string calling_ae() const;
    std::string called_ae() const;

    void reject(T_ASC_RejectParametersResult result, T_ASC_RejectParametersSource source,
                T_ASC_RejectParametersReason reason);
    Result<> acknowledge();
    Next next(Fragment& fragment);
    // A message without a dataset, in one piece, so that a sender wakes up once for it. False: the connection
    // has ended.
    bool send_command(std::uint8_t context_id, std::span<const std::byte> command_set);
    void acknowledge_release();
    void abort();

  private:
    Association(T_ASC_Association* handle, PeerSocket& socket) : handle_(handle), socket_(&socket) {}
    T_ASC_Association* handle_;
    PeerSocket* socket_;
};

}  // namespace calcinode::receive
