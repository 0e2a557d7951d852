#include "receive/negotiation.hpp"

#include <dcmtk/dcmdata/dcuid.h>

#include <algorithm>
#include <optional>
#include <set>
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

std::string name_of(const char* uid) {
    const char* const name = dcmFindNameOfUID(uid);
    return name ? std::string(name) + " (" + uid + ")" : uid;
}

// What an association can't be used for. A sender that finds none of its images taken seldom says why.
class Refused {
  public:
    void note(const T_ASC_PresentationContext& context, bool accepted) {
        ++contexts_;
        accepted_ += accepted ? 1 : 0;
        if (contexts_ == 1) first_class_ = context.abstractSyntax;
        if (!is_storage_class(context.abstractSyntax)) return;
        images_accepted_ = images_accepted_ || accepted;
        if (accepted || context.transferSyntaxCount < 1 || encodings_.size() >= most_named) return;
        encodings_.insert(name_of(context.proposedTransferSyntaxes[0]));
    }
    std::string in_words() const {
        if (!images_accepted_ && !encodings_.empty()) {
            std::string all;
            for (const auto& encoding : encodings_) all += (all.empty() ? "" : ", ") + encoding;
            return "CT images are proposed in encodings only that are not taken: " + all;
        }
        if (accepted_ > 0 || contexts_ == 0) return "";
        return "nothing that it proposes is taken here, first of all " + name_of(first_class_.c_str());
    }

  private:
    static constexpr std::size_t most_named = 4;

    int contexts_ = 0, accepted_ = 0;
    bool images_accepted_ = false;
    std::string first_class_;
    std::set<std::string> encodings_;
};

}  // namespace

std::optional<Rejection> why_not_allowed(const Association& association, const ServerOptions& options) {
    if (association.parameters()->DULparams.applicationContextName != application_context)
        return Rejection{Refusal::application_context, "its application context is not DICOM's"};
    // Not allowed (PS3.5 6.2), and DCMTK neither answers one nor frees what it began to answer with.
    if (association.calling_ae().empty()) return Rejection{Refusal::calling_ae, "it has no AE title"};
    if (association.called_ae().empty()) return Rejection{Refusal::called_ae, "it calls no AE title"};
    if (options.check_called && association.called_ae() != options.ae_title)
        return Rejection{Refusal::called_ae, "it calls AE title '" + association.called_ae() +
                                                 "', this is '" + options.ae_title + "'"};
    const auto& callers = options.allowed_callers;
    if (!callers.empty() && std::ranges::find(callers, association.calling_ae()) == callers.end())
        return Rejection{Refusal::calling_ae, "its AE title is not among the allowed callers"};
    return std::nullopt;
}

std::optional<Rejection> why_no_room(Peers::Place place, const Limits& limits) {
    if (place == Peers::Place::too_many)
        return Rejection{Refusal::too_many, std::to_string(limits.associations) +
                                                " associations are open, which are as many as allowed"};
    if (place == Peers::Place::too_many_from_peer)
        return Rejection{Refusal::too_many_from_peer,
                         std::to_string(limits.associations_per_peer) +
                             " associations from there are open, which are as many "
                             "as allowed from one address"};
    return std::nullopt;
}

void reject(Association& association, const Rejection& rejection) {
    const auto permanently = [&](T_ASC_RejectParametersReason reason) {
        association.reject(ASC_RESULT_REJECTEDPERMANENT, ASC_SOURCE_SERVICEUSER, reason);
    };
    switch (rejection.why) {
        case Refusal::application_context:
            return permanently(ASC_REASON_SU_APPCONTEXTNAMENOTSUPPORTED);
        case Refusal::called_ae:
            return permanently(ASC_REASON_SU_CALLEDAETITLENOTRECOGNIZED);
        case Refusal::calling_ae:
            return permanently(ASC_REASON_SU_CALLINGAETITLENOTRECOGNIZED);
        default:
            association.reject(ASC_RESULT_REJECTEDTRANSIENT, ASC_SOURCE_SERVICEPROVIDER_PRESENTATION_RELATED,
                               ASC_REASON_SP_PRES_LOCALLIMITEXCEEDED);
    }
}

Result<std::string> negotiate(Association& association) {
    Refused refused;
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
        refused.note(proposed, transfer_syntax != nullptr);
    }
    return refused.in_words();
}

}  // namespace calcinode::receive
