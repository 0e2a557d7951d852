#include "report/figure_texts.hpp"

#include <utility>

#include "base/decimals.hpp"
#include "report/change_wording.hpp"
#include "report/showable.hpp"
#include "report/spine_wording.hpp"
#include "report/wording.hpp"

namespace calcinode::report {
namespace {

constexpr std::size_t most_slips = 3;  // in the notes; the report has all

std::string total_words(const Scene& scene) {
    const auto& findings = scene.findings;
    if (scene.targets.empty()) return "Examined: " + extent_words(findings.spine);
    if (findings.deposits.empty())
        return std::to_string(scene.targets.size()) + " calcification" +
               (scene.targets.size() == 1 ? "" : "s") +
               " that may be of the body's own or not; no volume is reported";
    const auto count = findings.deposits.size();
    std::string text = std::to_string(count) + (count == 1 ? " deposit, " : " deposits, together ") +
                       millilitres(findings.total_volume_mm3()) + " ml";
    if (count <= scene.listed) return text;
    const auto leading = scene.targets[scene.leading].number;
    const bool is_large = leading <= static_cast<int>(scene.listed);
    return text + "; the " + std::to_string(scene.listed - (is_large ? 0 : 1)) + " largest" +
           (is_large ? "" : " and deposit " + std::to_string(leading)) + " are listed";
}

}  // namespace

VerdictWords verdict_words(const Findings& findings) {
    switch (findings.verdict) {
        case Verdict::positive:
            return {"CALC POSITIVE",
                    "Pathologic calcification, pattern compatible with calcinosis",
                    {1.0, 0.66, 0.10}};
        case Verdict::indeterminate:
            return {
                "CALC INDETERMINATE", "Possible pathologic calcification, undetermined", {0.78, 0.72, 1.0}};
        case Verdict::negative:
            break;
    }
    return {"CALC NEGATIVE", "Analysed, nothing found", {0.45, 0.80, 0.70}};
}

std::vector<std::string> note_lines(const Scene& scene) {
    std::vector<std::string> lines{total_words(scene)};
    if (scene.targets.empty())
        lines.push_back(
            "No pathologic calcification found near the spine in the part examined. A negative result "
            "excludes nothing.");
    const auto slips = spondylolistheses(scene.findings.spine);
    for (std::size_t s = 0; s < slips.size() && s < most_slips; ++s)
        lines.push_back(slip_words(scene.findings.spine, slips[s]));
    return lines;
}

std::string image_words(const AxialView& view, const SeriesSource& source) {
    const auto series = "series " + std::to_string(source.series_number);
    const auto index = static_cast<std::size_t>(source.to_source(0, 0, view.k)[2]);
    if (source.source_axis[2] != 2 || index >= source.slices.size()) return series + ", reformatted";
    const auto& slice = source.slices[index];
    return series + (slice.frame > 1 ? ", frame " + std::to_string(slice.frame)
                                     : ", image " + std::to_string(slice.instance_number));
}

std::string position_words(const AxialView& view, const Grid& grid) {
    const auto middle = grid.to_lps(view.across.low + view.across.count / 2.0,
                                    view.along.low + view.along.count / 2.0, view.k);
    return "z " + with_decimals(middle.z, 1) + " mm";
}

std::string patient_words(const FigureTexts& texts) {
    std::string words = showable(texts.patient_name);
    const auto date = date_words(texts.birth_date);
    const auto birth_date = date.empty() ? showable(texts.birth_date) : date;
    for (const auto& [what, value] :
         {std::pair{"ID ", showable(texts.patient_id)}, std::pair{"born ", birth_date}})
        if (!value.empty()) words += (words.empty() ? "" : "  ") + (what + value);
    return words;
}

std::string series_words(const SeriesSource& source, const Grid& grid, const std::string& description) {
    std::string text = "Series " + std::to_string(source.series_number);
    if (!description.empty()) text += " \"" + description + "\"";
    text += ", " + std::to_string(source.slices.size()) + " images, voxels ";
    for (std::size_t axis = 0; axis < 3; ++axis)
        text += (axis == 0 ? "" : " x ") + with_decimals(grid.spacing_mm[axis], 2);
    return text + " mm";
}

}  // namespace calcinode::report
