#include "app/pacs_priors.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <charconv>

#include "app/dicom_destination.hpp"
#include "app/priors.hpp"
#include "deliver/prior_fetch.hpp"
#include "report/prior_report.hpp"

namespace calcinode::app {
namespace {

constexpr std::size_t date_length = 8;  // of a DA: YYYYMMDD
constexpr std::size_t longest_id = 64;  // PS3.5, value representation LO

bool is_date(const std::string& text) {
    return text.size() == date_length &&
           std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// `date` some years before; 29 February is the 28th then.
std::string years_before(const std::string& date, int years) {
    int year = 0;
    std::from_chars(date.data(), date.data() + 4, year);
    const auto day = date.substr(4) == "0229" ? "0228" : date.substr(4);
    return fmt::format("{:04}{}", std::max(year - years, 0), day);
}

// Whether a query for the ID means this ID alone: no wildcard, no list, and no character that depends on a
// character set.
bool can_be_asked_for(const std::string& patient_id) {
    return !patient_id.empty() && patient_id.size() <= longest_id &&
           std::ranges::all_of(
               patient_id, [](char c) { return c >= ' ' && c <= '~' && c != '*' && c != '?' && c != '\\'; });
}

}  // namespace

PacsPriors::PacsPriors(const config::Config& config)
    : altogether_(config.priors.altogether_s), years_back_(config.priors.years_back) {
    if (!config.priors.host.empty()) pacs_ = priors_source(config);
}

Result<std::optional<report::PriorResult>> PacsPriors::find(const report::PatientStudy& study) const {
    std::optional<report::PriorResult> newest;
    if (!pacs_) return newest;
    if (!can_be_asked_for(study.patient_id) || !is_date(study.date))
        return fail("its Patient ID or Study Date is missing, or can't be queried");
    const deliver::PriorQuery query{.patient_id = study.patient_id,
                                    .from = years_before(study.date, years_back_),
                                    .until = study.date,
                                    .study_uid = study.study_uid};
    const auto take = [&](DcmItem& dataset) {
        auto prior = report::read_prior(dataset);
        if (!prior || !report::is_prior_of(prior->of, study)) return false;
        if (!newest || is_newer(*prior, *newest)) newest = std::move(*prior);
        return true;
    };
    if (const auto asked = deliver::fetch_reports(*pacs_, altogether_, query, take); !asked)
        return std::unexpected(asked.error());
    return newest;
}

}  // namespace calcinode::app
