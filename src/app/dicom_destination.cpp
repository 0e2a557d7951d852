#include "app/dicom_destination.hpp"

#include <algorithm>
#include <optional>

#include "dicom/object_classes.hpp"

namespace calcinode::app {
namespace {

bool gets_all(const config::Destination& destination) {
    return std::ranges::all_of(config::object_kinds, [&](std::string_view kind) {
        return std::ranges::find(destination.kinds, kind) != destination.kinds.end();
    });
}

}  // namespace

std::map<std::string, std::vector<std::string>> wanted_classes(
    const std::vector<config::Destination>& destinations) {
    std::map<std::string, std::vector<std::string>> wanted;
    for (const auto& destination : destinations) {
        if (gets_all(destination)) continue;
        auto& classes = wanted[destination.name];
        for (const auto& kind : destination.kinds)
            for (auto& one : dicom::object_classes(kind)) classes.push_back(std::move(one));
    }
    return wanted;
}

deliver::Destination dicom_destination(const config::Destination& configured, const config::Config& config) {
    std::optional<deliver::Tls> tls;
    if (configured.tls) tls = {config.tls.files, configured.certificate_name};
    return {.name = configured.name,
            .host = configured.host,
            .port = configured.port,
            .called_ae = configured.ae_title,
            .calling_ae = config.node.ae_title,
            .timeout_s = configured.timeout_s,
            .storage_commitment = configured.storage_commitment,
            .tls = std::move(tls)};
}

deliver::Destination priors_source(const config::Config& config) {
    const auto& priors = config.priors;
    return dicom_destination({.name = "priors",
                              .host = priors.host,
                              .ae_title = priors.ae_title,
                              .port = priors.port,
                              .timeout_s = priors.timeout_s,
                              .tls = priors.tls,
                              .certificate_name = priors.certificate_name},
                             config);
}

}  // namespace calcinode::app
