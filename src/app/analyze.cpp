#include "app/analyze.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "app/files.hpp"
#include "app/in_words.hpp"
#include "report/change_wording.hpp"
#include "report/wording.hpp"

namespace calcinode::app {
namespace {

namespace fs = std::filesystem;

std::string deposits_line_by_line(const Findings& findings) {
    if (findings.deposits.empty()) {
        const auto unsure = std::ranges::count_if(findings.excluded, &Excluded::could_be_deposit);
        return unsure == 0 ? ", no deposit found near the spine"
                           : fmt::format(", no sure deposit near the spine, {} that could be one", unsure);
    }
    std::string text = fmt::format(", {} deposit{} {:.2f} ml", findings.deposits.size(),
                                   findings.deposits.size() == 1 ? " of" : "s of together",
                                   findings.total_volume_mm3() / 1000);
    for (const auto& d : findings.deposits)
        text += fmt::format(
            "\n  {}: {}{}, {} {}, {:.2f} ml{}, mean {:.0f} HU, max {:.0f} HU, at {:.0f} {:.0f} {:.0f} mm",
            d.id, d.level == "uncertain" ? "" : "level ", report::level_text(d), to_string(d.compartment),
            to_string(d.side), d.volume_mm3 / 1000,
            d.fluid_mm3 > 0 ? fmt::format(" ({:.2f} ml of it fluid above a level)", d.fluid_mm3 / 1000) : "",
            d.mean_hu, d.max_hu, d.centroid.x, d.centroid.y, d.centroid.z);
    return text;
}

std::string changes_in_words(const Findings& findings, const report::Comparison& comparison) {
    std::string text;
    for (const auto& line : report::comparison_lines(comparison)) text += "\n  " + line;
    for (const auto& d : findings.deposits)
        if (const auto* change = comparison.of(d.id))
            text += fmt::format("\n  {}: {}", d.id,
                                report::change_words(*change, d.volume_mm3, comparison.prior));
    return text;
}

std::string all_in_words(const JudgedStudy& judged) {
    const auto& outcome = judged.outcome;
    if (!outcome.findings)
        return fmt::format("study {}: {} ({}): {}", outcome.study_uid, report::to_string(outcome.status),
                           outcome.reason_code, outcome.reason);
    const auto& findings = *outcome.findings;
    std::string text = fmt::format("study {}: {}", outcome.study_uid, to_string(findings.verdict));
    if (findings.severity != Severity::none) text += fmt::format(", {}", to_string(findings.severity));
    text += deposits_line_by_line(findings);
    for (const auto& line : spine_in_words(findings.spine)) text += "\n  " + line;
    if (outcome.comparison) text += changes_in_words(findings, *outcome.comparison);
    return text;
}

void warn(const std::string& text) {
    fmt::print(stderr, "calcinode: {}\n", text);
}

// Judges one study, and prints what came of it.
Result<report::StudyOutcome> judge_into(const fs::path& folder, assemble::AssembledStudy study,
                                        const JudgeOptions& options) {
    std::error_code error;
    fs::create_directories(folder, error);
    auto judged = judge_study(std::move(study), options, folder);
    if (!judged) return std::unexpected(judged.error());
    fmt::print("{}\n  results: {}\n", all_in_words(*judged), folder.string());
    return std::move(judged->outcome);
}

}  // namespace

int analyze(const std::vector<fs::path>& paths, const fs::path& output, const JudgeOptions& options) {
    const auto files = regular_files(paths);
    if (!files) {
        warn(files.error().what);
        return exit_unreadable;
    }
    bool any = false, failed = false, any_analysed = false;
    std::optional<Error> cannot_write;
    const auto unreadable =
        assemble::for_each_study(*files, options.most_memory_bytes, [&](assemble::AssembledStudy study) {
            any = true;
            if (cannot_write) return;
            const auto folder = output / study.study_uid;  // a well-formed UID: there is no other
            const auto judged = judge_into(folder, std::move(study), options);
            if (!judged) {
                cannot_write = judged.error();
                return;
            }
            failed = failed || judged->status == report::Status::failed;
            any_analysed = any_analysed || judged->status == report::Status::analysed;
        });
    for (const auto& file : unreadable) warn(file.path.string() + ": " + file.reason);
    if (cannot_write) warn(cannot_write->what);
    if (!any) warn("no DICOM images found");
    failed = failed || cannot_write || !unreadable.empty();
    if (failed) return exit_unreadable;
    return any_analysed ? exit_judged : exit_nothing_to_judge;
}

}  // namespace calcinode::app
