#include "deliver/rejection.hpp"

#include <spdlog/fmt/fmt.h>

namespace calcinode::deliver {

std::string place_of(const Destination& destination) {
    return fmt::format("{} at {}:{}", destination.called_ae, destination.host, destination.port);
}

Trouble trouble_of_rejection(const Destination& destination, T_ASC_Parameters& parameters) {
    T_ASC_RejectParameters rejection{};
    if (ASC_getRejectParameters(&parameters, &rejection).bad())
        return {Trouble::Kind::rejected, place_of(destination) + " rejected the association"};
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
    // What it calls permanent passes, too, when somebody over there or here has put right a name.
    return {Trouble::Kind::rejected, place_of(destination) + " rejected the association: " + why};
}

}  // namespace calcinode::deliver
