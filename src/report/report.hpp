// From an outcome to the DICOM objects that a PACS understands, and result.json.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "analysis/volume.hpp"
#include "base/result.hpp"
#include "dicom/series_source.hpp"
#include "report/earlier.hpp"
#include "report/outcome.hpp"

namespace calcinode::report {

// How the figure is made. None of it changes a finding.
struct FigureOptions {
    bool multi_frame = false;   // a page for each deposit, as Multi-frame True Color Secondary Capture
    bool for_negative = false;  // a small one for a negative study: analysed, nothing found
    bool with_patient = false;  // the patient's name, ID and birth date are drawn
};

struct ReportOptions {
    bool report_negative = true;                               // an SR for a negative study, too
    int first_series_number = 9001;                            // SR; then secondary capture, SEG, key objects
    std::string series_description = "CALC {verdict} {kind}";  // see report/series_text.hpp
    std::string identity{};  // what the result was made of (see result_identity): UIDs derive from it
    int revision = 1;
    std::vector<EarlierObject> earlier{};  // the objects of the revision that this one replaces
    FigureOptions figure{};
};

enum class ObjectKind { structured_report, secondary_capture, segmentation, key_objects };

struct ReportObject {
    ObjectKind kind;
    std::string sop_class_uid, sop_instance_uid;
    std::filesystem::path file;  // Part 10 file, on stable storage
};

// A hash of the voxels, of where they are, and of the patient and study attributes that our objects take
// over. Corrected images have the UIDs of those that they replace; this tells them apart.
std::string content_identity(const Volume& volume, const SeriesSource& source);

// What identifies a result: the source's series and instances and all else that could change our objects,
// which is `circumstances`. The same identity gives the same object UIDs, so
// that a repeated run never gives a PACS a second object.
std::string result_identity(const SeriesSource& source, const std::string& circumstances);

// Writes sr.dcm, and for a study with deposits seg.dcm, sc-1.dcm, ko.dcm and figure.png, into `folder`, which
// exists. A figure of several pages has its others in figure-2.png and so on. An indeterminate study without
// deposits has the figure, too, and a negative one where that is asked for. The outcome's status must be
// analysed. Nothing is written twice under another UID.
Result<std::vector<ReportObject>> write_objects(const StudyOutcome& outcome, const Volume& volume,
                                                const SeriesSource& source, const ReportOptions& options,
                                                const std::filesystem::path& folder);

// The text of result.json (schema calcinode.result/1, see src/report/result.schema.json). `identity` as for
// write_objects ("" where there was no volume): the deposits' tracking UIDs derive from it.
std::string result_json(const StudyOutcome& outcome, const std::string& identity);

// The tracking UID of a deposit, the same in SR, SEG and result.json: its counterpart's in the earlier
// result, so that it can be followed from study to study.
std::string tracking_uid(const std::string& identity, int deposit_id, const Comparison* comparison = nullptr);

}  // namespace calcinode::report
