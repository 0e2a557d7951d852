#include "app/analysis_result.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "base/words.hpp"
#include "store/wanted.hpp"

namespace calcinode::app {
namespace {

std::string identity_of(const report::FigureOptions& figure) {
    std::string text = "figure";
    for (const bool chosen : {figure.multi_frame, figure.for_negative, figure.with_patient})
        text += chosen ? " 1" : " 0";
    return text;
}

}  // namespace

std::string identity_of(const std::string& volume, const std::vector<store::InstanceRow>& instances,
                        const JudgeOptions& options) {
    std::string identity = volume;
    if (identity.empty())
        for (const auto& instance : instances)
            identity += instance.sop_instance_uid + instance.checksum + "\n";
    return identity + "\n" CALCINODE_VERSION "\n" + std::to_string(options.report_negative) + "\n" +
           std::to_string(options.first_series_number) + "\n" + options.series_description + "\n" +
           identity_of(options.figure);
}

store::NewResult row_of(const JudgedStudy& judged, const std::filesystem::path& folder) {
    const auto& outcome = judged.outcome;
    store::NewResult row;
    row.study_uid = outcome.study_uid;
    row.identity = folder.filename().string();
    row.status = to_string(outcome.status);
    row.verdict = outcome.findings ? std::string(to_string(outcome.findings->verdict)) : "";
    row.reason = outcome.reason_code.empty() ? "" : outcome.reason_code + ": " + outcome.reason;
    row.folder = folder.string();
    for (const auto& object : judged.objects)
        row.objects.push_back(
            {object.sop_class_uid, object.sop_instance_uid, (folder / object.file.filename()).string()});
    return row;
}

std::string alerts_of(const store::NewResult& result) {
    std::vector<std::string> receivers;
    for (const auto& alert : result.alerts) receivers.push_back(alert.receiver);
    return receivers.empty() ? "" : "; alert queued for " + listed(receivers);
}

std::string consequence_of(const store::NewResult& result) {
    if (result.objects.empty()) return "; nothing to deliver";
    if (result.destinations.empty())
        return fmt::format("; {} objects kept, no destination is configured", result.objects.size());
    if (result.wanted_classes.empty())
        return fmt::format("; {} object{} queued for {}", result.objects.size(),
                           result.objects.size() == 1 ? "" : "s", listed(result.destinations));
    std::vector<std::string> queued;
    for (const auto& destination : result.destinations)
        queued.push_back(fmt::format("{} for {}",
                                     std::ranges::count_if(result.objects,
                                                           [&](const store::ObjectToDeliver& object) {
                                                               return is_wanted(result, destination, object);
                                                           }),
                                     destination));
    return "; objects queued: " + listed(queued);
}

}  // namespace calcinode::app
