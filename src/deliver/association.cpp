#include "deliver/association.hpp"

#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmnet/dcmtrans.h>
#include <dcmtk/dcmnet/diutil.h>
#include <spdlog/fmt/fmt.h>

#include <utility>

#include "deliver/rejection.hpp"
#include "deliver/transport.hpp"

namespace calcinode::deliver {
namespace {

constexpr long max_pdu_bytes = 131072;      // the most DCMTK's own peers take
constexpr std::size_t most_contexts = 128;  // presentation context IDs are the odd numbers of one byte

struct DestroyParameters {
    void operator()(T_ASC_Parameters* parameters) const { ASC_destroyAssociationParameters(&parameters); }
};
using Parameters = std::unique_ptr<T_ASC_Parameters, DestroyParameters>;

std::unexpected<Trouble> unreachable(std::string what) {
    return std::unexpected(Trouble{Trouble::Kind::unreachable, std::move(what)});
}

std::unexpected<Trouble> refused(std::string what) {
    return std::unexpected(Trouble{Trouble::Kind::refused, std::move(what)});
}

// A certificate that is not accepted is trouble that may pass: most are mended by renewing it over there,
// without anybody having to remember what waits here.
Trouble no_association(const Destination& destination, const OFCondition& condition,
                       const std::string& certificate_mistake) {
    return {Trouble::Kind::unreachable,
            "no association with " + place_of(destination) + (destination.tls ? " by TLS: " : ": ") +
                (certificate_mistake.empty() ? text_of(condition) : certificate_mistake)};
}

OFCondition propose(T_ASC_Parameters& parameters, const Proposal& proposal) {
    // Explicit VR first: it is what the objects are written in.
    const char* syntaxes[] = {UID_LittleEndianExplicitTransferSyntax, UID_LittleEndianImplicitTransferSyntax};
    T_ASC_PresentationContextID id = 1;
    const auto add = [&](const std::string& sop_class, T_ASC_SC_ROLE role) {
        const auto added = ASC_addPresentationContext(&parameters, id, sop_class.c_str(), syntaxes, 2, role);
        id = static_cast<T_ASC_PresentationContextID>(id + 2);
        return added;
    };
    for (const auto& sop_class : proposal.sop_classes)
        if (const auto added = add(sop_class, ASC_SC_ROLE_DEFAULT); added.bad()) return added;
    for (const auto& sop_class : proposal.received_classes)
        if (const auto added = add(sop_class, ASC_SC_ROLE_SCP); added.bad()) return added;
    return EC_Normal;
}

Parameters parameters_for(const Destination& destination) {
    T_ASC_Parameters* raw = nullptr;
    if (ASC_createAssociationParameters(&raw, max_pdu_bytes).bad()) return nullptr;
    Parameters parameters(raw);
    const auto peer = fmt::format("{}:{}", destination.host, destination.port);
    ASC_setAPTitles(raw, destination.calling_ae.c_str(), destination.called_ae.c_str(), nullptr);
    ASC_setPresentationAddresses(raw, "localhost", peer.c_str());
    return parameters;
}

}  // namespace

std::string text_of(const OFCondition& condition) {
    OFString text;
    return DimseCondition::dump(text, condition).c_str();
}

std::expected<Association, Trouble> Association::request(const Destination& destination,
                                                         const Proposal& proposal) {
    if (proposal.sop_classes.size() + proposal.received_classes.size() > most_contexts)
        return refused("too many SOP classes at once");
    // DCMTK keeps the time-out of connect() for the whole process. Destinations differ little in it, and
    // the only harm of a race is that one of them waits as long as another.
    dcmConnectionTimeout.set(destination.timeout_s);

    T_ASC_Network* raw_network = nullptr;
    auto condition = ASC_initializeNetwork(NET_REQUESTOR, 0, destination.timeout_s, &raw_network);
    if (condition.bad()) return unreachable("no network: " + text_of(condition));
    Network network(raw_network);
    constexpr int network_owns_it = 1;
    auto transport = make_transport(destination, proposal.cutoff);
    if (!transport) return unreachable(transport.error().what);
    ASC_setTransportLayer(network.get(), transport->layer.release(), network_owns_it);

    auto parameters = parameters_for(destination);
    if (!parameters) return unreachable("no memory for an association");
    if (condition = propose(*parameters, proposal); condition.bad()) return refused(text_of(condition));
    ASC_setTransportLayerType(parameters.get(), destination.tls.has_value());

    T_ASC_Association* raw = nullptr;
    condition = ASC_requestAssociation(network.get(), parameters.get(), &raw, nullptr, nullptr, DUL_NOBLOCK,
                                       destination.timeout_s);
    if (raw) parameters.release();  // they belong to the association now
    if (condition.bad()) {
        auto trouble = condition == DUL_ASSOCIATIONREJECTED && raw
                           ? trouble_of_rejection(destination, *raw->params)
                           : no_association(destination, condition, *transport->certificate_mistake);
        if (raw) ASC_destroyAssociation(&raw);
        return std::unexpected(std::move(trouble));
    }
    Association association(std::move(network), raw, proposal.sop_classes, destination.timeout_s);
    if (ASC_countAcceptedPresentationContexts(raw->params) == 0)
        return refused(place_of(destination) +
                       " accepts none of the SOP classes that are needed; enable them there");
    return association;
}

Association::Association(Association&& other) noexcept
    : network_(std::move(other.network_)),
      association_(std::exchange(other.association_, nullptr)),
      proposed_(std::move(other.proposed_)),
      timeout_s_(other.timeout_s_),
      broken_(other.broken_) {}

Association::~Association() {
    if (!association_) return;
    if (broken_ || ASC_releaseAssociation(association_).bad()) ASC_abortAssociation(association_);
    ASC_destroyAssociation(&association_);
}

T_ASC_PresentationContextID Association::context_for(const std::string& sop_class) const {
    return ASC_findAcceptedPresentationContextID(association_, sop_class.c_str());
}

void Association::acknowledge_release() {
    ASC_acknowledgeRelease(association_);
    broken_ = true;
}

}  // namespace calcinode::deliver
