#include "report/report.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/oflog/oflog.h>

#include <exception>
#include <utility>

#include "report/change_wording.hpp"
#include "report/figure.hpp"
#include "report/key_objects.hpp"
#include "report/quality.hpp"
#include "report/secondary_capture.hpp"
#include "report/segmentation.hpp"
#include "report/source_header.hpp"
#include "report/source_texts.hpp"
#include "report/structured_report.hpp"

namespace calcinode::report {
namespace {

using Made = Result<std::unique_ptr<DcmDataset>>;

// DCMTK's document classes warn of what they don't check; a mistake comes back as an Error anyway.
void silence_document_log() {
    [[maybe_unused]] static const bool done = [] {
        OFLog::getLogger("dcmtk.dcmsr").setLogLevel(OFLogger::OFF_LOG_LEVEL);
        return true;
    }();
}

class ReportWriter {
  public:
    ReportWriter(const ReportContext& context, const std::filesystem::path& folder)
        : context_(context), folder_(folder) {}

    Result<std::vector<ReportObject>> write();

  private:
    Result<> keep(Made made, ObjectKind kind, const char* name);
    std::vector<std::string> limits() const;  // for the figure
    Result<> write_figure();
    Result<> write_deposits();  // what needs their voxels

    const ReportContext& context_;
    const std::filesystem::path& folder_;
    std::vector<ReportObject> objects_;
};

Result<> ReportWriter::keep(Made made, ObjectKind kind, const char* name) {
    if (!made) return std::unexpected(made.error());
    auto object = write_object(std::move(*made), kind, folder_ / name);
    if (!object) return std::unexpected(object.error());
    objects_.push_back(std::move(*object));
    return {};
}

// What limits the result, and on a figure without arrows what was looked at: the reader sees bright spots and
// should see that the software saw them.
std::vector<std::string> ReportWriter::limits() const {
    std::vector<std::string> lines;
    for (const auto& finding : quality_findings(context_)) lines.push_back(finding.words);
    auto looked_at = not_reported_words(context_.findings);
    if (context_.findings.deposits.empty() && !looked_at.empty()) lines.push_back(std::move(looked_at));
    return lines;
}

Result<> ReportWriter::write_figure() {
    auto texts = figure_texts(context_);
    texts.limits = limits();
    if (context_.comparison) {
        texts.change_lines = comparison_lines(*context_.comparison);
        for (const auto& change : context_.comparison->matched)
            texts.changes[change.deposit_id] = percent_words(change.percent);
        for (const auto& deposit : context_.comparison->fresh) texts.changes[deposit.deposit_id] = "new";
    }
    const auto pages =
        draw_figure(context_.findings, context_.volume, context_.source, texts,
                    context_.options.figure.multi_frame ? FigurePages::each_deposit : FigurePages::one);
    if (!pages) return std::unexpected(pages.error());
    for (std::size_t p = 0; p < pages->size(); ++p) {
        const auto name = p == 0 ? "figure.png" : "figure-" + std::to_string(p + 1) + ".png";
        if (auto done = write_png((*pages)[p], folder_ / name); !done) return done;
    }
    return keep(make_secondary_capture(context_, *pages), ObjectKind::secondary_capture, "sc-1.dcm");
}

Result<> ReportWriter::write_deposits() {
    if (auto done = keep(make_segmentation(context_), ObjectKind::segmentation, "seg.dcm"); !done)
        return done;
    return keep(make_key_objects(context_), ObjectKind::key_objects, "ko.dcm");
}

Result<std::vector<ReportObject>> ReportWriter::write() {
    const auto& findings = context_.findings;
    const bool negative = findings.verdict == Verdict::negative;
    if (negative && !context_.options.report_negative) return objects_;
    const bool with_deposits = !negative && !findings.deposits.empty();
    if (auto done =
            keep(make_structured_report(context_, with_deposits), ObjectKind::structured_report, "sr.dcm");
        !done)
        return std::unexpected(done.error());
    if (!negative || context_.options.figure.for_negative)
        if (auto done = write_figure(); !done) return std::unexpected(done.error());
    if (with_deposits)
        if (auto done = write_deposits(); !done) return std::unexpected(done.error());
    return objects_;
}

}  // namespace

Result<std::vector<ReportObject>> write_objects(const StudyOutcome& outcome, const Volume& volume,
                                                const SeriesSource& source, const ReportOptions& options,
                                                const std::filesystem::path& folder) {
    if (outcome.status != Status::analysed || !outcome.findings)
        return fail("study " + outcome.study_uid + " was not analysed: there is nothing to report");
    silence_document_log();
    const auto header = SourceHeader::read(source);
    if (!header) return std::unexpected(header.error());
    try {
        const ReportContext context{*outcome.findings,
                                    volume,
                                    source,
                                    options,
                                    *header,
                                    outcome.remarks,
                                    outcome.comparison ? &*outcome.comparison : nullptr};
        return ReportWriter(context, folder).write();
    } catch (const std::exception& mistake) {
        return fail("can't make the report of study " + outcome.study_uid + ": " + mistake.what());
    }
}

}  // namespace calcinode::report
