#include "app/priors.hpp"

#include <tuple>

#include "app/result_folder.hpp"
#include "report/prior_report.hpp"

namespace calcinode::app {
namespace {

constexpr std::size_t most_files = 5000;  // more than one patient ever has

constexpr const char* report_name = "sr.dcm";

}  // namespace

void PriorIndex::add(const std::filesystem::path& folder) {
    const auto file = results_ / folder / report_name;
    std::error_code error;
    if (!is_read_ || !std::filesystem::exists(file, error)) return;
    const auto study = report::read_patient_study(file);
    if (study && !study->patient_id.empty()) reports_[{study->patient_id, study->issuer}].insert(file);
}

void PriorIndex::read_all() {
    is_read_ = true;
    for (const auto& study : ResultFolder::studies(results_))
        for (const auto& folder : ResultFolder::results_of(results_, study)) add(folder);
}

std::optional<report::PriorResult> PriorIndex::find(const report::PatientStudy& study) {
    if (!is_read_) read_all();
    const auto found = reports_.find({study.patient_id, study.issuer});
    if (found == reports_.end()) return std::nullopt;
    std::erase_if(found->second, [](const std::filesystem::path& file) {
        std::error_code error;
        return !std::filesystem::exists(file, error);  // retention took it
    });
    return newest_prior({found->second.begin(), found->second.end()}, study);
}

bool is_newer(const report::PriorResult& one, const report::PriorResult& other) {
    const auto key = [](const report::PriorResult& r) {
        return std::tie(r.of.date, r.of.time, r.revision, r.sop_instance_uid);
    };
    return key(one) > key(other);
}

std::optional<report::PriorResult> newest_prior(const std::vector<std::filesystem::path>& files,
                                                const report::PatientStudy& study) {
    std::optional<report::PriorResult> newest;
    std::size_t looked_at = 0;
    for (const auto& file : files) {
        if (++looked_at > most_files) break;
        auto read = report::read_prior(file);
        if (!read || !report::is_prior_of(read->of, study)) continue;
        if (!newest || is_newer(*read, *newest)) newest = std::move(*read);
    }
    return newest;
}

}  // namespace calcinode::app
