#include "report/prior_report.hpp"

#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>
#include <string_view>

#include "dicom/attributes.hpp"
#include "dicom/file.hpp"
#include "dicom/own_objects.hpp"
#include "report/codes.hpp"

namespace calcinode::report {
namespace {

// A report of ours with a thousand images and twenty deposits has 1 MiB.
constexpr std::uintmax_t largest_file = 32ULL << 20;
// Far more than ours have; further ones are not read.
constexpr std::size_t most_items = 400, most_deposits = 100;
constexpr double most_volume_mm3 = 1e7;  // more than a spine

struct Name {
    std::string_view value, scheme;
};
constexpr Name imaging_measurements{"126010", "DCM"}, measurement_group{"125007", "DCM"};
constexpr Name tracking_identifier{"112039", "DCM"}, tracking_unique_identifier{"112040", "DCM"};
constexpr Name volume{"118565006", "SCT"};
constexpr Name finding_site{"363698007", "SCT"}, laterality{"272741003", "SCT"};
constexpr Name topographical_modifier{"106233006", "SCT"};
constexpr Name left{"7771000", "SCT"}, right{"24028007", "SCT"};
constexpr std::string_view deposit_prefix = "Deposit ";  // of the tracking identifier

constexpr std::array<Compartment, 6> compartments{Compartment::canal,      Compartment::foramen,
                                                  Compartment::facet,      Compartment::posterior,
                                                  Compartment::paraspinal, Compartment::prevertebral};

bool is_code(DcmItem* code, const Name& name) {
    return code && dicom::text_or_empty(*code, DCM_CodeValue) == name.value &&
           dicom::text_or_empty(*code, DCM_CodingSchemeDesignator) == name.scheme;
}

bool is_code(DcmItem* code, const Code& known) {
    return is_code(code, Name{known.value, known.scheme});
}

bool is_named(DcmItem& item, const Name& name) {
    return is_code(dicom::sequence_item(item, DCM_ConceptNameCodeSequence), name);
}

// Calls seen(child) for the content items below `item`.
template <class Seen>
void each_child(DcmItem& item, Seen&& seen) {
    for (std::size_t n = 0; n < most_items; ++n) {
        auto* const child = dicom::sequence_item(item, DCM_ContentSequence, n);
        if (!child) return;
        seen(*child);
    }
}

std::string level_of(DcmItem* code) {
    for (const auto& [letter, count] :
         {std::pair{"C", 7}, std::pair{"T", 12}, std::pair{"L", 5}, std::pair{"S", 1}})
        for (int n = 1; n <= count; ++n)
            if (auto level = letter + std::to_string(n); is_code(code, codes::vertebra_of_level(level)))
                return level;
    return "uncertain";
}

void read_site(DcmItem& site, PriorDeposit& deposit) {
    deposit.level = level_of(dicom::sequence_item(site, DCM_ConceptCodeSequence));
    each_child(site, [&](DcmItem& modifier) {
        auto* const code = dicom::sequence_item(modifier, DCM_ConceptCodeSequence);
        if (is_named(modifier, laterality))
            deposit.side = is_code(code, left)    ? Side::left
                           : is_code(code, right) ? Side::right
                                                  : Side::midline;
        if (!is_named(modifier, topographical_modifier)) return;
        const auto found = std::ranges::find_if(
            compartments, [&](Compartment c) { return is_code(code, codes::compartment(c)); });
        if (found != compartments.end()) deposit.compartment = *found;
    });
}

// Nothing for a group that is not of a single deposit, or has no volume.
std::optional<PriorDeposit> read_group(DcmItem& group) {
    PriorDeposit deposit;
    deposit.level = "uncertain";
    bool of_deposit = false;
    each_child(group, [&](DcmItem& item) {
        if (is_named(item, tracking_identifier))
            of_deposit = dicom::text_or_empty(item, DCM_TextValue).starts_with(deposit_prefix);
        if (is_named(item, tracking_unique_identifier))
            deposit.tracking_uid = dicom::uid(item, DCM_UID).value_or("");
        if (is_named(item, finding_site)) read_site(item, deposit);
        auto* const measured = dicom::sequence_item(item, DCM_MeasuredValueSequence);
        if (measured && is_named(item, volume) &&
            is_code(dicom::sequence_item(*measured, DCM_MeasurementUnitsCodeSequence), Name{"mm3", "UCUM"}))
            deposit.volume_mm3 = dicom::number(*measured, DCM_NumericValue).value_or(0);
    });
    if (!of_deposit || !(deposit.volume_mm3 > 0 && deposit.volume_mm3 < most_volume_mm3)) return std::nullopt;
    return deposit;
}

// What two of them bear names neither.
void drop_shared_tracking_uids(std::vector<PriorDeposit>& deposits) {
    std::map<std::string, int> bearers;
    for (const auto& deposit : deposits) ++bearers[deposit.tracking_uid];
    for (auto& deposit : deposits)
        if (bearers[deposit.tracking_uid] > 1) deposit.tracking_uid.clear();
}

std::vector<PriorDeposit> read_deposits(DcmItem& report) {
    std::vector<PriorDeposit> deposits;
    each_child(report, [&](DcmItem& container) {
        if (!is_named(container, imaging_measurements)) return;
        each_child(container, [&](DcmItem& group) {
            if (!is_named(group, measurement_group) || deposits.size() >= most_deposits) return;
            if (auto deposit = read_group(group)) deposits.push_back(std::move(*deposit));
        });
    });
    drop_shared_tracking_uids(deposits);
    return deposits;
}

// Names that are none are left out.
std::vector<std::string> read_levels_in_view(DcmItem& report) {
    std::vector<std::string> levels;
    each_child(report, [&](DcmItem& container) {
        each_child(container, [&](DcmItem& item) {
            if (!is_code(dicom::sequence_item(item, DCM_ConceptNameCodeSequence), codes::vertebrae_in_view))
                return;
            std::istringstream words(dicom::text_or_empty(item, DCM_TextValue).substr(0, most_items));
            for (std::string name; words >> name;)
                if (codes::vertebra_of_level(name).value != std::string_view(codes::vertebra.value))
                    levels.push_back(name);
        });
    });
    return levels;
}

bool is_structured_report(const std::string& sop_class_uid) {
    return sop_class_uid == UID_EnhancedSRStorage || sop_class_uid == UID_ComprehensiveSRStorage ||
           sop_class_uid == UID_Comprehensive3DSRStorage;
}

PatientStudy patient_study_of(DcmItem& dataset) {
    return {.patient_id = dicom::text_or_empty(dataset, DCM_PatientID),
            .issuer = dicom::text_or_empty(dataset, DCM_IssuerOfPatientID),
            .study_uid = dicom::uid(dataset, DCM_StudyInstanceUID).value_or(""),
            .date = dicom::text_or_empty(dataset, DCM_StudyDate),
            .time = dicom::text_or_empty(dataset, DCM_StudyTime)};
}

// The second of the software's versions, since there are two.
std::string analysis_of(DcmItem& dataset) {
    const auto versions = dicom::texts(dataset, DCM_SoftwareVersions);
    return versions.size() < 2 ? "" : versions[1];
}

}  // namespace

Result<PatientStudy> read_patient_study(const std::filesystem::path& file) {
    auto opened = dicom::File::open(file);
    if (!opened) return std::unexpected(opened.error());
    auto study = patient_study_of(opened->dataset());
    if (study.study_uid.empty()) return fail(file.string() + " has no Study Instance UID");
    return study;
}

Result<PriorResult> read_prior(const std::filesystem::path& file) {
    std::error_code error;
    const auto bytes = std::filesystem::file_size(file, error);
    if (error || bytes > largest_file) return fail(file.string() + " can't be read, or is no report of ours");
    auto opened = dicom::File::open(file);
    if (!opened) return std::unexpected(opened.error());
    auto prior = read_prior(opened->dataset());
    if (!prior) return fail(file.string() + " " + prior.error().what);
    return prior;
}

Result<PriorResult> read_prior(DcmItem& dataset) {
    PriorResult prior{.of = patient_study_of(dataset),
                      .series_uid = dicom::uid(dataset, DCM_SeriesInstanceUID).value_or(""),
                      .sop_class_uid = dicom::uid(dataset, DCM_SOPClassUID).value_or(""),
                      .sop_instance_uid = dicom::uid(dataset, DCM_SOPInstanceUID).value_or(""),
                      .revision = dicom::integer(dataset, DCM_InstanceNumber).value_or(1),
                      .analysis = analysis_of(dataset),
                      .deposits = {}};
    if (!is_structured_report(prior.sop_class_uid) ||
        !made_by_us(dicom::text_or_empty(dataset, DCM_Manufacturer),
                    dicom::text_or_empty(dataset, DCM_ManufacturerModelName)))
        return fail("is no structured report of ours");
    if (prior.of.study_uid.empty() || prior.series_uid.empty() || prior.sop_instance_uid.empty())
        return fail("lacks UIDs");
    prior.deposits = read_deposits(dataset);
    prior.levels_in_view = read_levels_in_view(dataset);
    return prior;
}

}  // namespace calcinode::report
