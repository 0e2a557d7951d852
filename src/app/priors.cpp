#include "app/priors.hpp"

#include <tuple>

#include "report/prior_report.hpp"

namespace calcinode::app {
namespace {

constexpr std::size_t most_files = 5000;  // more than one patient ever has

bool is_newer(const report::PriorResult& one, const report::PriorResult& other) {
    const auto key = [](const report::PriorResult& r) {
        return std::tie(r.of.date, r.of.time, r.sop_instance_uid);
    };
    return key(one) > key(other);
}

}  // namespace

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
