#include "deliver/association.hpp"

#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmnet/dcmlayer.h>
#include <dcmtk/dcmnet/dcmtrans.h>
#include <dcmtk/dcmnet/diutil.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <spdlog/fmt/fmt.h>
#include <sys/socket.h>

#include <utility>

namespace calcinode::deliver {
namespace {

constexpr long max_pdu_bytes = 131072;      // the most DCMTK's own peers take
constexpr std::size_t most_contexts = 128;  // presentation context IDs are the odd numbers of one byte

struct DestroyParameters {
    void operator()(T_ASC_Parameters* parameters) const { ASC_destroyAssociationParameters(&parameters); }
};
using Parameters = std::unique_ptr<T_ASC_Parameters, DestroyParameters>;

SendOutcome transient(std::string what) {
    return {SendState::transient_failure, std::move(what)};
}

SendOutcome permanent(std::string what) {
    return {SendState::permanent_failure, std::move(what)};
}

std::string place_of(const Destination& destination) {
    return fmt::format("{} at {}:{}", destination.called_ae, destination.host, destination.port);
}

SendOutcome outcome_of_rejection(const Destination& destination, T_ASC_Parameters& parameters) {
    T_ASC_RejectParameters rejection{};
    if (ASC_getRejectParameters(&parameters, &rejection).bad())
        return transient(place_of(destination) + " rejected the association");
    std::string why = "no reason given";
    switch (rejection.reason) {
        case ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED:
            why = "it does not know the calling AE title " + destination.calling_ae + "; enter it there";
            break;
        case ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED:
            why = "it is not called " + destination.called_ae + "; correct ae_title of the destination";
            break;
        case ASC_REASON_SU_APPCONTEXTNAMENOTSUPPORTED:
            why = "it does not support DICOM";
            break;
        case ASC_REASON_SP_PRES_TEMPORARYCONGESTION:
            why = "temporary congestion";
            break;
        case ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED:
            why = "its limit of associations is reached";
            break;
        default:
            break;
    }
    const auto text = place_of(destination) + " rejected the association: " + why;
    return rejection.result == ASC_RESULT_REJECTEDPERMANENT ? permanent(text) : transient(text);
}

OFCondition propose(T_ASC_Parameters& parameters, const std::set<std::string>& sop_classes) {
    // Explicit VR first: it is what the objects are written in.
    const char* syntaxes[] = {UID_LittleEndianExplicitTransferSyntax, UID_LittleEndianImplicitTransferSyntax};
    T_ASC_PresentationContextID id = 1;
    for (const auto& sop_class : sop_classes) {
        const auto condition = ASC_addPresentationContext(&parameters, id, sop_class.c_str(), syntaxes, 2);
        if (condition.bad()) return condition;
        id = static_cast<T_ASC_PresentationContextID>(id + 2);
    }
    return EC_Normal;
}

// Switches Nagle's algorithm off: with it the last segment of each message waits 40 ms for the peer's delayed
// acknowledgement.
class PromptTransportLayer : public DcmTransportLayer {
  public:
    DcmTransportConnection* createConnection(DcmNativeSocketType socket, OFBool secure) override {
        const int on = 1;
        setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        return DcmTransportLayer::createConnection(socket, secure);
    }
};

}  // namespace

std::string text_of(const OFCondition& condition) {
    OFString text;
    return DimseCondition::dump(text, condition).c_str();
}

std::expected<Association, SendOutcome> Association::request(const Destination& destination,
                                                             const std::set<std::string>& sop_classes) {
    if (sop_classes.size() > most_contexts) return std::unexpected(permanent("too many SOP classes at once"));
    // DCMTK keeps the time-out of connect() for the whole process. Destinations differ little in it, and
    // the only harm of a race is that one of them waits as long as another.
    dcmConnectionTimeout.set(destination.timeout_s);

    T_ASC_Network* raw_network = nullptr;
    auto condition = ASC_initializeNetwork(NET_REQUESTOR, 0, destination.timeout_s, &raw_network);
    if (condition.bad()) return std::unexpected(transient("no network: " + text_of(condition)));
    Network network(raw_network);
    constexpr int network_owns_it = 1;
    ASC_setTransportLayer(network.get(), new PromptTransportLayer, network_owns_it);

    T_ASC_Parameters* raw_parameters = nullptr;
    condition = ASC_createAssociationParameters(&raw_parameters, max_pdu_bytes);
    if (condition.bad()) return std::unexpected(transient(text_of(condition)));
    Parameters parameters(raw_parameters);
    const auto peer = fmt::format("{}:{}", destination.host, destination.port);
    ASC_setAPTitles(parameters.get(), destination.calling_ae.c_str(), destination.called_ae.c_str(), nullptr);
    ASC_setPresentationAddresses(parameters.get(), "localhost", peer.c_str());
    if (condition = propose(*parameters, sop_classes); condition.bad())
        return std::unexpected(permanent(text_of(condition)));

    T_ASC_Association* raw = nullptr;
    condition = ASC_requestAssociation(network.get(), parameters.get(), &raw, nullptr, nullptr, DUL_NOBLOCK,
                                       destination.timeout_s);
    if (raw) parameters.release();  // they belong to the association now
    if (condition.bad()) {
        const auto outcome =
            condition == DUL_ASSOCIATIONREJECTED && raw
                ? outcome_of_rejection(destination, *raw->params)
                : transient("no association with " + place_of(destination) + ": " + text_of(condition));
        if (raw) ASC_destroyAssociation(&raw);
        return std::unexpected(outcome);
    }
    Association association(std::move(network), raw);
    if (ASC_countAcceptedPresentationContexts(raw->params) == 0)
        return std::unexpected(permanent(
            place_of(destination) + " accepts none of the SOP classes of the results; enable them there"));
    return association;
}

Association::Association(Association&& other) noexcept
    : network_(std::move(other.network_)),
      association_(std::exchange(other.association_, nullptr)),
      broken_(other.broken_) {}

Association::~Association() {
    if (!association_) return;
    if (broken_ || ASC_releaseAssociation(association_).bad()) ASC_abortAssociation(association_);
    ASC_destroyAssociation(&association_);
}

T_ASC_PresentationContextID Association::context_for(const std::string& sop_class) const {
    return ASC_findAcceptedPresentationContextID(association_, sop_class.c_str());
}

}  // namespace calcinode::deliver
