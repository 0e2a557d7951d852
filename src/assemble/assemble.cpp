#include "assemble/assemble.hpp"

#include <spdlog/fmt/fmt.h>

#include "assemble/choice.hpp"
#include "assemble/headers.hpp"
#include "assemble/load.hpp"
#include "assemble/memory_need.hpp"

namespace calcinode::assemble {
namespace {

SeriesReport report_of(const Candidate& candidate) {
    SeriesReport report;
    report.uid = candidate.uid;
    report.slices = candidate.planes;
    if (candidate.stack) {
        const auto& pixel = *candidate.stack->planes.front().header().pixel_spacing;
        report.spacing_mm = {pixel[1], pixel[0], candidate.stack->spacing_mm};
    }
    return report;
}

std::string reason_of(const Candidate& candidate, bool selected, const Candidate* chosen) {
    if (candidate.unfit) return candidate.unfit->text;
    if (selected) return "selected: " + description(candidate);
    return fmt::format("{}; series {} is preferred", description(candidate), chosen->series_number);
}

std::expected<SelectedVolume, Unfit> load_within(const Stack& stack, std::uint64_t allowed_bytes) {
    if (auto unfit = lacks_memory(stack, allowed_bytes)) return std::unexpected(std::move(*unfit));
    auto loaded = load(stack, usual_threads());
    if (loaded) return std::move(*loaded);
    return std::unexpected(Unfit{"unreadable_pixels", "pixels can't be read: " + loaded.error().what});
}

AssembledStudy assemble_study(const std::string& uid, const std::vector<Candidate>& candidates,
                              std::uint64_t allowed_bytes) {
    AssembledStudy study;
    study.study_uid = uid;
    const auto chosen = choose(candidates);
    for (std::size_t n = 0; n < candidates.size(); ++n) {
        auto& report = study.series.emplace_back(report_of(candidates[n]));
        report.selected = chosen == n;
        report.reason = reason_of(candidates[n], report.selected, chosen ? &candidates[*chosen] : nullptr);
    }
    if (chosen)
        study.selected = load_within(*candidates[*chosen].stack, allowed_bytes);
    else
        study.selected = std::unexpected(why_none(candidates));
    return study;
}

}  // namespace

Assembly assemble(const std::vector<std::filesystem::path>& files, std::uint64_t allowed_bytes) {
    Assembly assembly;
    assembly.unreadable = for_each_study(
        files, allowed_bytes, [&](AssembledStudy study) { assembly.studies.push_back(std::move(study)); });
    return assembly;
}

std::vector<UnreadableFile> for_each_study(const std::vector<std::filesystem::path>& files,
                                           std::uint64_t allowed_bytes,
                                           const std::function<void(AssembledStudy)>& take) {
    auto headers = read_headers(files, usual_threads());
    for (const auto& [uid, candidates] : candidates_of(headers))
        take(assemble_study(uid, candidates, allowed_bytes));
    return std::move(headers.unreadable);
}

}  // namespace calcinode::assemble
