#include "receive/association.hpp"

#include <dcmtk/dcmnet/dcmlayer.h>
#include <dcmtk/dcmnet/dcmtrans.h>
#include <dcmtk/oflog/oflog.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <mutex>

#include "receive/request_check.hpp"

namespace calcinode::receive {
namespace {

constexpr std::size_t pdu_header_bytes = 6;
constexpr std::uint8_t pdu_associate_request = 0x01;
constexpr std::uint8_t tls_handshake_record = 0x16;
// PS3.8 sets no bound. A request with all 128 presentation contexts and ten transfer syntaxes each has 40
// KiB.
constexpr std::uint32_t longest_request = 256 * 1024;
// How long a peer that asked for the release, or was told of an abort, may take to close the connection.
// Without this bound whoever goes on sending would keep DCMTK waiting for the end.
constexpr std::chrono::seconds close_wait{1};

// Guards dcmExternalSocketHandle, which is one for the process.
std::mutex& hand_over_mutex() {
    static std::mutex mutex;
    return mutex;
}

class HandOver {
  public:
    explicit HandOver(int socket) : lock_(hand_over_mutex()) { dcmExternalSocketHandle.set(socket); }
    ~HandOver() { dcmExternalSocketHandle.set(DCMNET_INVALID_SOCKET); }
    HandOver(const HandOver&) = delete;
    HandOver& operator=(const HandOver&) = delete;

  private:
    std::scoped_lock<std::mutex> lock_;
};

// A-ABORT by the service provider, no reason given (PS3.8 9.3.8).
constexpr std::array<std::byte, 10> abort_pdu{std::byte{7}, {}, {}, {},           {},
                                              std::byte{4}, {}, {}, std::byte{2}, {}};

// P-DATA-TF with one presentation data value (PS3.8 9.3.5).
constexpr std::uint8_t pdu_data = 0x04;
constexpr std::size_t pdv_header_bytes = 6;  // length, presentation context, message control header
// A peer that announces less than this gets it all the same: it could take nothing otherwise.
constexpr std::size_t smallest_pdu = 128;
constexpr std::uint8_t command_fragment = 1, last_command_fragment = 3;  // message control header

void append_data_pdu(std::vector<std::byte>& pdus, std::uint8_t context_id, std::uint8_t control,
                     std::span<const std::byte> value) {
    const auto append_length = [&](std::size_t length) {
        for (int shift = 24; shift >= 0; shift -= 8) pdus.push_back(static_cast<std::byte>(length >> shift));
    };
    pdus.push_back(std::byte{pdu_data});
    pdus.push_back({});
    append_length(value.size() + pdv_header_bytes);
    append_length(value.size() + 2);
    pdus.push_back(std::byte{context_id});
    pdus.push_back(std::byte{control});
    pdus.insert(pdus.end(), value.begin(), value.end());
}

// DCMTK's view of a PeerSocket. Reads give all that is asked for or fail.
class TransportConnection : public DcmTransportConnection {
  public:
    explicit TransportConnection(PeerSocket& socket)
        : DcmTransportConnection(socket.get()), socket_(&socket) {}
    ~TransportConnection() override { socket_->close(); }

    OFCondition serverSideHandshake() override { return EC_Normal; }
    OFCondition clientSideHandshake() override { return EC_Normal; }
    OFCondition renegotiate(const char*) override { return EC_Normal; }

    ssize_t read(void* buffer, size_t count) override {
        if (socket_->read_exactly({static_cast<std::byte*>(buffer), count}))
            return static_cast<ssize_t>(count);
        // DCMTK takes the connection for closed from here on and would tell the peer nothing.
        if (socket_->end() != PeerSocket::End::closed_by_peer) socket_->write_all(abort_pdu);
        errno = ECONNABORTED;
        return -1;
    }
    ssize_t write(void* buffer, size_t count) override {
        if (socket_->write_all({static_cast<const std::byte*>(buffer), count}))
            return static_cast<ssize_t>(count);
        errno = ECONNABORTED;
        return -1;
    }
    void close() override { closeTransportConnection(); }
    void closeTransportConnection() override {
        socket_->close();
        setSocket(DCMNET_INVALID_SOCKET);
    }
    unsigned long getPeerCertificateLength() override { return 0; }
    unsigned long getPeerCertificate(void*, unsigned long) override { return 0; }
    OFBool networkDataAvailable(int timeout) override {
        return socket_->wait_readable(std::chrono::seconds(timeout));
    }
    OFBool isTransparentConnection() override { return socket_->channel().is_transparent(); }
    OFString& dumpConnectionParameters(OFString& text) override { return text = "TCP"; }

  private:
    PeerSocket* socket_;
};

// The association request PDU as it came, header included.
Result<std::vector<std::byte>> read_request(PeerSocket& socket) {
    std::vector<std::byte> pdu(pdu_header_bytes);
    if (!socket.read_exactly(pdu)) return fail("no association request came");
    if (std::to_integer<std::uint8_t>(pdu[0]) == tls_handshake_record)
        return fail(
            "what came is TLS, which is not an association request; TLS has a port of its own, tls.port");
    if (std::to_integer<std::uint8_t>(pdu[0]) != pdu_associate_request)
        return fail("what came is not an association request");
    std::uint32_t length = 0;
    for (std::size_t i = 2; i < pdu.size(); ++i)
        length = length << 8 | std::to_integer<std::uint32_t>(pdu[i]);
    if (length > longest_request) return fail("the association request is too long");
    pdu.resize(pdu.size() + length);
    if (!socket.read_exactly(std::span(pdu).subspan(pdu_header_bytes)))
        return fail("the association request did not end");
    return pdu;
}

std::string printable(const char* title) {
    std::string text(title);
    for (char& c : text)
        if (c < ' ' || c > '~') c = '?';
    return text;
}

}  // namespace

class Network::Layer : public DcmTransportLayer {
  public:
    PeerSocket* next = nullptr;  // whose connection is created next; under the hand-over mutex
    DcmTransportConnection* createConnection(DcmNativeSocketType, OFBool) override {
        return new TransportConnection(*next);
    }
};

Network::Network() : layer_(std::make_unique<Layer>()) {}

Result<std::unique_ptr<Network>> Network::create(int acse_timeout_s) {
    // What peers do wrong must not fill the log: DCMTK's own lines would name each malformed PDU.
    for (const char* name : {"dcmtk.dcmnet", "dcmtk.dcmdata"})
        OFLog::getLogger(name).setLogLevel(OFLogger::OFF_LOG_LEVEL);
    dcmDisableGethostbyaddr.set(OFTrue);  // no name look-ups while a socket is handed over

    std::unique_ptr<Network> network(new Network);
    const HandOver no_listener(0);  // any socket that is not "none" keeps DCMTK from opening one of its own
    const auto made = ASC_initializeNetwork(NET_ACCEPTOR, 0, acse_timeout_s, &network->network_);
    if (made.bad()) return fail(std::string("cannot start the DICOM network layer: ") + made.text());
    ASC_setTransportLayer(network->network_, network->layer_.get(), /* takeoverOwnership */ 0);
    return network;
}

Network::~Network() {
    ASC_dropNetwork(&network_);
}

Result<Association> Association::receive(Network& network, PeerSocket& socket, std::uint32_t max_pdu_bytes) {
    auto request = read_request(socket);
    if (!request) return std::unexpected(request.error());
    if (auto sound = check_request(std::span(*request).subspan(pdu_header_bytes)); !sound)
        return std::unexpected(sound.error());
    socket.put_back(std::move(*request));

    const HandOver hand_over(socket.get());
    network.layer_->next = &socket;
    T_ASC_Association* handle = nullptr;
    const auto received = ASC_receiveAssociation(network.network_, &handle, static_cast<long>(max_pdu_bytes));
    Association association(handle, socket);  // also where it failed: parts of it are there
    if (received.bad()) return fail(std::string("the association request is malformed: ") + received.text());
    return association;
}

Association::~Association() {
    if (!handle_) return;
    ASC_dropAssociation(handle_);
    ASC_destroyAssociation(&handle_);
}

std::string Association::calling_ae() const {
    return printable(handle_->params->DULparams.callingAPTitle);
}

std::string Association::called_ae() const {
    return printable(handle_->params->DULparams.calledAPTitle);
}

void Association::reject(T_ASC_RejectParametersResult result, T_ASC_RejectParametersSource source,
                         T_ASC_RejectParametersReason reason) {
    const T_ASC_RejectParameters parameters{result, source, reason};
    ASC_rejectAssociation(handle_, &parameters);
}

Result<> Association::acknowledge() {
    const auto sent = ASC_acknowledgeAssociation(handle_);
    if (sent.bad()) return fail(std::string("cannot acknowledge the association: ") + sent.text());
    return {};
}

Next Association::next(Fragment& fragment) {
    DUL_PDV pdv{};
    if (DUL_NextPDV(&handle_->DULassociation, &pdv).bad()) {
        const auto read = DUL_ReadPDVs(&handle_->DULassociation, nullptr, DUL_BLOCK, 0);
        if (read == DUL_PEERREQUESTEDRELEASE) return Next::release;
        if (socket_->end() != PeerSocket::End::none) return Next::lost;  // DCMTK takes that for an abort
        if (read == DUL_PEERABORTEDASSOCIATION) return Next::aborted;
        if (read != DUL_PDATAPDUARRIVED || DUL_NextPDV(&handle_->DULassociation, &pdv).bad())
            return Next::malformed;
    }
    fragment = {.context_id = pdv.presentationContextID,
                .command = pdv.pdvType == DUL_COMMANDPDV,
                .last = pdv.lastPDV != 0,
                .data = {static_cast<const std::byte*>(pdv.data), pdv.fragmentLength}};
    return Next::fragment;
}

bool Association::send_command(std::uint8_t context_id, std::span<const std::byte> command_set) {
    const std::size_t theirs = parameters()->theirMaxPDUReceiveSize;  // 0: any
    const std::size_t most =
        theirs == 0 ? command_set.size() : std::max(theirs, smallest_pdu) - pdv_header_bytes;
    std::vector<std::byte> pdus;
    do {
        const auto part = command_set.first(std::min(most, command_set.size()));
        command_set = command_set.subspan(part.size());
        append_data_pdu(pdus, context_id, command_set.empty() ? last_command_fragment : command_fragment,
                        part);
    } while (!command_set.empty());
    return socket_->write_all(pdus);
}

void Association::acknowledge_release() {
    socket_->set_deadline(close_wait);
    ASC_acknowledgeRelease(handle_);
    ASC_dropSCPAssociation(handle_, static_cast<int>(close_wait.count()));
}

void Association::abort() {
    socket_->set_deadline(close_wait);
    ASC_abortAssociation(handle_);
}

}  // namespace calcinode::receive
