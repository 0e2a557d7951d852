#include "app/judge.hpp"

#include <algorithm>
#include <chrono>

#include "base/fd.hpp"
#include "report/prior_report.hpp"
#include "report/spine_figure.hpp"

namespace calcinode::app {
namespace {

class Stopwatch {
  public:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

void set_unfit(report::StudyOutcome& outcome, const Unfit& unfit) {
    // Unreadable pixels are a fault of the data and may pass when it is sent again, too little memory is one
    // of the node; all else is a property of the study.
    const bool failed =
        unfit.code == "unreadable_pixels" || unfit.code == "unreadable" || unfit.code == "not_enough_memory";
    outcome.status = failed ? report::Status::failed : report::Status::not_applicable;
    outcome.reason_code = unfit.code;
    outcome.reason = unfit.text;
}

report::StudyOutcome outcome_of(const assemble::AssembledStudy& study) {
    report::StudyOutcome outcome;
    outcome.study_uid = study.study_uid;
    for (const auto& series : study.series)
        outcome.series.push_back(
            {series.uid, series.selected, series.reason, series.slices, series.spacing_mm});
    return outcome;
}

Result<> write_result(JudgedStudy& judged, const std::filesystem::path& folder) {
    return write_file_atomically(folder / "result.json",
                                 report::result_json(judged.outcome, judged.identity));
}

Result<> write_spine_figures(const Spine& spine, const Volume& volume, const std::filesystem::path& folder) {
    using report::CurvedPlane;
    for (const auto& [plane, name] : {std::pair{CurvedPlane::sagittal, "spine-sagittal.png"},
                                      std::pair{CurvedPlane::coronal, "spine-coronal.png"}}) {
        const auto picture = report::draw_spine(plane, spine, volume);
        if (!picture) return std::unexpected(picture.error());
        if (auto done = report::write_png(*picture, folder / name); !done) return done;
    }
    return {};
}

report::ReportOptions report_options_of(const JudgeOptions& options, const std::string& identity) {
    report::ReportOptions made;
    made.report_negative = options.report_negative;
    made.first_series_number = options.first_series_number;
    made.series_description = options.series_description;
    made.identity = identity;
    if (options.revision_of) made.revision = options.revision_of(identity);
    if (options.earlier_objects) made.earlier = options.earlier_objects(made.revision);
    made.figure = options.figure;
    return made;
}

// The earlier result to compare with, where there is one. A mistake in it is never one of this study.
FoundPrior find_prior(const SeriesSource& source, const JudgeOptions& options) {
    if (!options.prior_of || source.slices.empty()) return {};
    const auto study = report::read_patient_study(source.slices.front().file);
    return study ? options.prior_of(*study) : FoundPrior{};
}

// What a result was made of, apart from the images' UIDs.
std::string circumstances(const JudgeOptions& options, const assemble::SelectedVolume& selected,
                          const std::optional<report::PriorResult>& prior) {
    return identity_of(options.analysis.verdict) + "\ncontent " +
           report::content_identity(selected.volume, selected.source) +
           (prior ? "\nprior " + prior->sop_instance_uid : "");
}

// Analyses and reports the volume of a study that has one.
Result<> judge_volume(const assemble::SelectedVolume& selected, const JudgeOptions& options,
                      const std::filesystem::path& folder, JudgedStudy& judged) {
    auto& outcome = judged.outcome;
    outcome.remarks = selected.remarks;
    judged.image = selected.source.slices.empty() ? "" : selected.source.slices.front().file;
    const Stopwatch asking;
    auto [prior, remark] = find_prior(selected.source, options);
    if (options.prior_of) outcome.timing_s["priors"] = asking.seconds();
    outcome.prior_remark = std::move(remark);
    judged.identity = report::result_identity(selected.source, circumstances(options, selected, prior));

    const Stopwatch analysing;
    auto analysis = options.analysis;
    analysis.finished = [&](std::string_view stage) {
        if (stage == "spine") outcome.timing_s["spine"] = analysing.seconds();
    };
    auto findings = analyse(selected.volume, analysis);
    outcome.timing_s["analyse"] = analysing.seconds();
    if (!findings) {
        set_unfit(outcome, findings.error());
        return {};
    }
    outcome.status = report::Status::analysed;
    outcome.findings = std::move(*findings);
    if (prior) outcome.comparison = report::compare(*outcome.findings, std::move(*prior));

    const Stopwatch reporting;
    const auto report_options = report_options_of(options, judged.identity);
    auto objects = report::write_objects(outcome, selected.volume, selected.source, report_options, folder);
    outcome.timing_s["report"] = reporting.seconds();
    if (!objects) return std::unexpected(objects.error());
    judged.objects = std::move(*objects);
    if (!options.figures) return {};
    const Stopwatch drawing;
    auto drawn = write_spine_figures(outcome.findings->spine, selected.volume, folder);
    outcome.timing_s["figures"] = drawing.seconds();
    return drawn;
}

// A result without them must say so: they may have shown what it does not.
std::string remark_on(const std::vector<assemble::UnreadableFile>& unreadable, std::size_t files) {
    return std::to_string(unreadable.size()) + " of " + std::to_string(files) +
           " images of the study can't be read (" + unreadable.front().reason +
           ") and are not part of this result";
}

}  // namespace

Result<JudgedStudy> judge_study(assemble::AssembledStudy study, const JudgeOptions& options,
                                const std::filesystem::path& folder) {
    JudgedStudy judged;
    judged.outcome = outcome_of(study);
    if (!study.selected) {
        set_unfit(judged.outcome, study.selected.error());
    } else if (auto done = judge_volume(*study.selected, options, folder, judged); !done) {
        return std::unexpected(done.error());
    }
    if (auto written = write_result(judged, folder); !written) return std::unexpected(written.error());
    return judged;
}

Result<JudgedStudy> judge(const std::string& study_uid, const std::vector<std::filesystem::path>& files,
                          const JudgeOptions& options, const std::filesystem::path& folder) {
    auto assembly = assemble::assemble(files, options.most_memory_bytes);
    const auto study = std::ranges::find(assembly.studies, study_uid, &assemble::AssembledStudy::study_uid);
    if (study != assembly.studies.end()) {
        if (!assembly.unreadable.empty() && study->selected)
            study->selected->remarks.push_back(remark_on(assembly.unreadable, files.size()));
        return judge_study(std::move(*study), options, folder);
    }

    JudgedStudy judged;
    judged.outcome.study_uid = study_uid;
    set_unfit(
        judged.outcome,
        {"unreadable", "none of the " + std::to_string(files.size()) + " files of the study can be read" +
                           (assembly.unreadable.empty() ? "" : ": " + assembly.unreadable[0].reason)});
    if (auto written = write_result(judged, folder); !written) return std::unexpected(written.error());
    return judged;
}

}  // namespace calcinode::app
