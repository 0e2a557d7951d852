#include "deliver/prior_fetch.hpp"

#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <algorithm>
#include <vector>

#include "deliver/cutoff.hpp"
#include "deliver/query.hpp"
#include "deliver/rejection.hpp"
#include "dicom/attributes.hpp"
#include "dicom/own_objects.hpp"

namespace calcinode::deliver {
namespace {

// Of one patient, of one study, of one series: real ones have fewer, and the newest come first.
constexpr std::size_t most_studies = 10, most_series = 20, most_reports = 20;
constexpr const char* report_class = UID_EnhancedSRStorage;  // what our reports are

// Where a PACS keeps something.
struct Place {
    std::string study_uid, series_uid, instance_uid;
};

struct Study {
    std::string date, uid;
};

void put(DcmItem& keys, const DcmTagKey& tag, const std::string& value) {
    keys.putAndInsertString(tag, value.c_str());
}

// Keys of a level, with what is above it.
DcmDataset keys_of(const char* level, const Place& place) {
    DcmDataset keys;
    put(keys, DCM_QueryRetrieveLevel, level);
    if (!place.study_uid.empty()) put(keys, DCM_StudyInstanceUID, place.study_uid);
    if (!place.series_uid.empty()) put(keys, DCM_SeriesInstanceUID, place.series_uid);
    if (!place.instance_uid.empty()) put(keys, DCM_SOPInstanceUID, place.instance_uid);
    return keys;
}

// The newest first. Matching by modality is optional for a PACS, as are most keys: one that it does not know
// it leaves out of account, so that what comes is looked at again.
Result<std::vector<Study>> studies_of(Association& association, const PriorQuery& query) {
    auto keys = keys_of("STUDY", {});
    put(keys, DCM_PatientID, query.patient_id);
    put(keys, DCM_StudyDate, query.from + "-" + query.until);
    put(keys, DCM_ModalitiesInStudy, "SR");
    keys.insertEmptyElement(DCM_StudyInstanceUID);
    std::vector<Study> studies;
    const auto asked = find(association, keys, [&](DcmItem& answer) {
        auto uid = dicom::uid(answer, DCM_StudyInstanceUID);
        if (uid && *uid != query.study_uid && dicom::text_or_empty(answer, DCM_PatientID) == query.patient_id)
            studies.push_back({dicom::text_or_empty(answer, DCM_StudyDate), std::move(*uid)});
    });
    if (!asked) return std::unexpected(asked.error());
    std::ranges::stable_sort(studies, std::ranges::greater{}, &Study::date);
    if (studies.size() > most_studies) studies.resize(most_studies);
    return studies;
}

// The study's series of reports that may be ours: of our making, or of none that the PACS tells.
Result<std::vector<Place>> series_of(Association& association, const std::string& study_uid) {
    auto keys = keys_of("SERIES", {.study_uid = study_uid, .series_uid = {}, .instance_uid = {}});
    put(keys, DCM_Modality, "SR");
    keys.insertEmptyElement(DCM_SeriesInstanceUID);
    keys.insertEmptyElement(DCM_Manufacturer);
    std::vector<Place> series;
    const auto asked = find(association, keys, [&](DcmItem& answer) {
        auto uid = dicom::uid(answer, DCM_SeriesInstanceUID);
        const auto made_by = dicom::text_or_empty(answer, DCM_Manufacturer);
        const bool may_be_ours = made_by.empty() || made_by == our_manufacturer;
        if (uid && may_be_ours && dicom::text_or_empty(answer, DCM_Modality) == "SR" &&
            series.size() < most_series)
            series.push_back({study_uid, std::move(*uid), {}});
    });
    if (!asked) return std::unexpected(asked.error());
    return series;
}

// The reports of a series: dose reports, which are structured reports, too, are of another class.
Result<std::vector<Place>> reports_of(Association& association, const Place& series) {
    auto keys = keys_of("IMAGE", series);
    keys.insertEmptyElement(DCM_SOPInstanceUID);
    keys.insertEmptyElement(DCM_SOPClassUID);
    std::vector<Place> reports;
    const auto asked = find(association, keys, [&](DcmItem& answer) {
        auto uid = dicom::uid(answer, DCM_SOPInstanceUID);
        const auto sop_class = dicom::uid(answer, DCM_SOPClassUID).value_or(report_class);
        if (uid && sop_class == report_class && reports.size() < most_reports)
            reports.push_back({series.study_uid, series.series_uid, std::move(*uid)});
    });
    if (!asked) return std::unexpected(asked.error());
    return reports;
}

// Whether one of the study's reports was one to compare with.
Result<bool> take_reports_of(Association& association, const std::string& study_uid,
                             const std::function<bool(DcmItem&)>& take) {
    bool found = false;
    const auto all_series = series_of(association, study_uid);
    if (!all_series) return std::unexpected(all_series.error());
    for (const auto& series : *all_series) {
        const auto reports = reports_of(association, series);
        if (!reports) return std::unexpected(reports.error());
        for (const auto& report : *reports) {
            auto keys = keys_of("IMAGE", report);
            const auto got =
                get(association, keys, [&](DcmItem& dataset) { found = take(dataset) || found; });
            if (!got) return std::unexpected(got.error());
        }
    }
    return found;
}

Result<> ask_all(Association& association, const PriorQuery& query,
                 const std::function<bool(DcmItem&)>& take) {
    const auto studies = studies_of(association, query);
    if (!studies) return std::unexpected(studies.error());
    for (const auto& study : *studies) {
        const auto found = take_reports_of(association, study.uid, take);
        if (!found) return std::unexpected(found.error());
        if (*found) break;
    }
    return {};
}

}  // namespace

Result<> fetch_reports(const Destination& pacs, std::chrono::seconds altogether, const PriorQuery& query,
                       const std::function<bool(DcmItem&)>& take) {
    Cutoff cutoff(std::chrono::steady_clock::now() + altogether);
    const auto too_slow = [&] {
        return fail(place_of(pacs) + " took more than " + std::to_string(altogether.count()) + " s");
    };
    auto association = Association::request(pacs, {query_classes(), {report_class}, &cutoff});
    if (!association) return cutoff.has_passed() ? too_slow() : fail(association.error().what);
    const auto asked = ask_all(*association, query, take);
    if (asked) return {};
    association->set_broken();  // a release would wait for the peer once more
    return cutoff.has_passed() ? too_slow() : fail(place_of(pacs) + ": " + asked.error().what);
}

}  // namespace calcinode::deliver
