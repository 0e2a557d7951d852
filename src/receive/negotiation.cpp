#include "receive/negotiation.hpp"

#include <dcmtk/dcmdata/dcuid.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>

#include "dicom/commitment.hpp"

namespace calcinode::receive {
namespace {

constexpr std::string_view application_context = "1.2.840.10008.3.1.1.1";

bool is_storage_class(std::string_view uid) {
    return uid == UID_CTImageStorage || uid == UID_EnhancedCTImageStorage ||
           uid == UID_LegacyConvertedEnhancedCTImageStorage;
}

// The lower the better; within one preference the proposer's order decides.
enum class Preference { keeps_all, keeps_pixels, may_lose_pixels };

std::optional<Preference> preference_of(std::string_view transfer_syntax, bool storage) {
    struct Known {
        std::string_view uid;
        Preference preference;
        bool storage_only;
    };
    static constexpr Known known[] = {
        {UID_LittleEndianExplicitTransferSyntax, Preference::keeps_all, false},
        {UID_JPEGLSLosslessTransferSyntax, Preference::keeps_all, true},
        {UID_JPEGProcess14SV1TransferSyntax, Preference::keeps_all, true},
        {UID_JPEGProcess14TransferSyntax, Preference::keeps_all, true},
        {UID_RLELosslessTransferSyntax, Preference::keeps_all, true},
        {UID_JPEG2000LosslessOnlyTransferSyntax, Preference::keeps_all, true},
        // Implicit encoding drops the types of private elements, deflating costs both sides time.
        {UID_DeflatedExplicitVRLittleEndianTransferSyntax, Preference::keeps_pixels, true},
        {UID_LittleEndianImplicitTransferSyntax, Preference::keeps_pixels, false},
        {UID_BigEndianExplicitTransferSyntax, Preference::keeps_pixels, false},
        {UID_JPEGLSLossyTransferSyntax, Preference::may_lose_pixels, true},
        {UID_JPEG2000TransferSyntax, Preference::may_lose_pixels, true},
    };
    const auto* const found = std::ranges::find(known, transfer_syntax, &Known::uid);
    if (found == std::end(known) || (found->storage_only && !storage)) return std::nullopt;
    return found->preference;
}

bool is_commitment(std::string_view uid) {
    return uid == dicom::commitment_class;
}

// The transfer syntax to accept of those proposed; null: none.
const char* choose(const T_ASC_PresentationContext& proposed) {
    const std::string_view abstract_syntax = proposed.abstractSyntax;
    const bool storage = is_storage_class(abstract_syntax);
    if (!storage && !is_commitment(abstract_syntax) && abstract_syntax != UID_VerificationSOPClass)
        return nullptr;
    const char* best = nullptr;
    std::optional<Preference> best_preference;
    for (int i = 0; i < proposed.transferSyntaxCount; ++i) {
        const char* const candidate = proposed.proposedTransferSyntaxes[i];
        const auto preference = preference_of(candidate, storage);
        if (preference && (!best_preference || *preference < *best_preference)) {
            best = candidate;
            best_preference = preference;
        }
    }
    return best;
}

// Who keeps images reports on an association of its own making, as SCP of the class. Some say so by role
// selection, some say nothing and mean the same.
T_ASC_SC_ROLE role_for(const T_ASC_PresentationContext& proposed) {
    const bool proposes_scp =
        proposed.proposedRole == ASC_SC_ROLE_SCP || proposed.proposedRole == ASC_SC_ROLE_SCUSCP;
    return is_commitment(proposed.abstractSyntax) && proposes_scp ? ASC_SC_ROLE_SCP : ASC_SC_ROLE_DEFAULT;
}

}  // namespace

std::string reject_unless_allowed(Association& association, const ServerOptions& options, bool room) {
    const auto permanently = [&](T_ASC_RejectParametersReason reason) {
        association.reject(ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER, reason);
    };
    if (association.parameters()->DULparams.applicationContextName != application_context) {
        permanently(ASC_REASON_SU_APPCONTEXTNAMENOTSUPPORTED);
        return "its application context is not DICOM's";
    }
    if (options.check_called && association.called_ae() != options.ae_title) {
        permanently(ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED);
        return "it calls AE title '" + association.called_ae() + "', this is '" + options.ae_title + "'";
    }
    const auto& callers = options.allowed_callers;
    if (!callers.empty() && std::ranges::find(callers, association.calling_ae()) == callers.end()) {
        permanently(ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED);
        return "its AE title is not among the allowed callers";
    }
    if (!room) {
        association.reject(ASC_RESULT_REJECTEDTRANSIENT, ASC_SOURCE_SERVICEPROVIDER_PRESENTATION_RELATED,
                           ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED);
        return "as many associations as allowed are open";
    }
    return "";
}

Result<> negotiate(Association& association) {
    auto* const parameters = association.parameters();
    const int count = ASC_countPresentationContexts(parameters);
    for (int i = 0; i < count; ++i) {
        T_ASC_PresentationContext proposed{};
        if (ASC_getPresentationContext(parameters, i, &proposed).bad())
            return fail("a presentation context is malformed");
        const auto id = proposed.presentationContextID;
        const char* const transfer_syntax = choose(proposed);
        const bool known_class = transfer_syntax || is_storage_class(proposed.abstractSyntax) ||
                                 is_commitment(proposed.abstractSyntax) ||
                                 std::string_view(proposed.abstractSyntax) == UID_VerificationSOPClass;
        const auto answered =
            transfer_syntax
                ? ASC_acceptPresentationContext(parameters, id, transfer_syntax, role_for(proposed))
                : ASC_refusePresentationContext(
                      parameters, id,
                      known_class ? ASC_P_TRANSFERSYNTAXESNOTSUPPORTED : ASC_P_ABSTRACTSYNTAXNOTSUPPORTED);
        if (answered.bad()) return fail("a presentation context is malformed");
    }
    return {};
}

}  // namespace calcinode::receive
