// One study's way from its files to its objects: assemble, analyse, report. The daemon and `calcinode
// analyze` both go through here, so that they say the same of the same study, byte for byte.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/analyse.hpp"
#include "assemble/assemble.hpp"
#include "report/comparison.hpp"
#include "report/outcome.hpp"
#include "report/report.hpp"

namespace calcinode::app {

struct FoundPrior {
    std::optional<report::PriorResult> prior;
    std::string remark = {};  // why not all could be asked for one, as a sentence; "" where all could
};

struct JudgeOptions {
    AnalysisOptions analysis;
    std::uint64_t most_memory_bytes = UINT64_MAX;  // of the process; see assemble/assemble.hpp
    bool report_negative = true;
    int first_series_number = 9001;
    std::string series_description = report::ReportOptions{}.series_description;
    // Which revision of the study's results the one with this identity is; none: the first.
    std::function<int(const std::string& identity)> revision_of;
    // The objects of the result before that revision; none: there is none.
    std::function<std::vector<report::EarlierObject>(int revision)> earlier_objects;
    // The earlier result of the same patient to compare with; none, or nothing: no comparison.
    std::function<FoundPrior(const report::PatientStudy&)> prior_of;
    report::FigureOptions figure;
    bool figures = false;  // spine-sagittal.png and spine-coronal.png as well
};

struct JudgedStudy {
    report::StudyOutcome outcome;
    std::string identity;                       // what the result was made of; "" without a volume
    std::vector<report::ReportObject> objects;  // DICOM objects to deliver, below `folder`
    std::filesystem::path image;                // one of those that were judged; "" without a volume
};

// Judges an assembled study and writes result.json, the objects and the figures into `folder`, which exists.
// The study's volume is given up as soon as it is not needed. An Error where the folder can't be written.
Result<JudgedStudy> judge_study(assemble::AssembledStudy study, const JudgeOptions& options,
                                const std::filesystem::path& folder);

// The same for the files of the one study `study_uid`; where none of them can be read the outcome says so.
Result<JudgedStudy> judge(const std::string& study_uid, const std::vector<std::filesystem::path>& files,
                          const JudgeOptions& options, const std::filesystem::path& folder);

}  // namespace calcinode::app
