#include "report/quality.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <utility>

#include "report/spine_wording.hpp"
#include "report/wording.hpp"

namespace calcinode::report {
namespace {

// Deposits of 0.1 ml are found up to here; above, partial volume hides small ones.
constexpr double thick_slices_mm = 3.05;

bool is_no_finding(Mimic mimic) {
    return mimic == Mimic::outside_body || mimic == Mimic::cut_by_view || mimic == Mimic::too_small;
}

bool holds(const Findings& findings, Mimic mimic) {
    return std::ranges::find(findings.excluded, mimic, &Excluded::mimic) != findings.excluded.end();
}

double slice_distance_mm(const SeriesSource& source) {
    if (source.slices.size() < 2) return 0;
    return distance(source.slices.front().position, source.slices.back().position) /
           static_cast<double>(source.slices.size() - 1);
}

bool is_unnamed(const Vertebra& vertebra) {
    return vertebra.level == "uncertain";
}

// "T3-T5, T9": the likeliest names of those that are uncertain.
std::string unnamed_words(const std::vector<Vertebra>& vertebrae) {
    const auto name = [](const Vertebra& v) {
        return v.alternatives.empty() ? std::string("?") : v.alternatives.front().level;
    };
    std::string text;
    for (auto first = vertebrae.begin(); first != vertebrae.end();) {
        const auto end = std::find_if_not(first, vertebrae.end(), is_unnamed);
        if (first != end) text += (text.empty() ? "" : ", ") + name(*first);
        if (end - first > 1) text += "-" + name(*(end - 1));
        first = std::find_if(end, vertebrae.end(), is_unnamed);
    }
    return text;
}

// "" where all have names.
std::string names_words(const Spine& spine) {
    const auto unnamed = std::ranges::count_if(spine.vertebrae, is_unnamed);
    if (unnamed == 0) return "";
    if (spine.landmarks.empty()) return "Names of vertebrae are uncertain: no landmark supports one.";
    return fmt::format("Names of {} of {} vertebrae are uncertain: {}.", unnamed, spine.vertebrae.size(),
                       unnamed_words(spine.vertebrae));
}

std::string list_of(const std::vector<NotReported>& groups, bool could_be, const Spine& spine) {
    std::string text;
    for (const auto& group : groups) {
        if (group.could_be_deposit != could_be) continue;
        std::string detail = std::to_string(group.count);
        for (const auto& level : group.levels) detail += ", " + with_confidence(level, spine);
        text += (text.empty() ? "" : ", ") + std::string(mimic_words(group.mimic, spine.contrast)) + " (" +
                detail + ")";
    }
    return text;
}

// The largest step, and how many there are.
std::string motion_words(const std::vector<MotionStep>& motion) {
    const auto& most = *std::ranges::max_element(motion, {}, &MotionStep::step_mm);
    const auto others = motion.size() - 1;
    return fmt::format(
        "The patient moved by about {:.0f} mm between two images (z {:.1f} mm){}: what lies there can't be "
        "measured.",
        most.step_mm, most.place.z,
        others == 0 ? "" : fmt::format(", and less at {} more place{}", others, others == 1 ? "" : "s"));
}

}  // namespace

std::vector<QualityFinding> quality_findings(const ReportContext& context) {
    const auto& [findings, volume, source, options, header, remarks, comparison] = context;
    std::vector<QualityFinding> found;
    if (holds(findings, Mimic::metal))
        found.push_back({codes::metal, "Metal in the part examined: its surroundings can't be judged."});
    if (holds(findings, Mimic::metal_streak))
        found.push_back({codes::beam_hardening, "Streaks of metal: what they cross can't be judged."});
    if (const double between = slice_distance_mm(source); between > thick_slices_mm)
        found.push_back(
            {codes::thick_slices,
             "Slices more than 3 mm apart: small deposits may be missed, volumes are less exact."});
    if (!findings.motion.empty()) found.push_back({codes::motion, motion_words(findings.motion)});
    for (const auto& remark : remarks) found.push_back({codes::irregular_series, remark + "."});
    if (auto words = names_words(findings.spine); !words.empty())
        found.push_back({codes::level_uncertain, std::move(words)});
    if (findings.spine.contrast)
        found.push_back(
            {codes::contrast_medium,
             "Contrast medium in vessels: it raises the attenuation of the vertebrae, and vessels "
             "may hide deposits."});
    return found;
}

std::vector<NotReported> not_reported(const Findings& findings) {
    std::vector<NotReported> groups;
    for (const auto& excluded : findings.excluded) {
        if (is_no_finding(excluded.mimic)) continue;
        auto group = std::ranges::find_if(groups, [&](const NotReported& g) {
            return g.mimic == excluded.mimic && g.could_be_deposit == excluded.could_be_deposit;
        });
        if (group == groups.end())
            group = groups.insert(groups.end(), {excluded.mimic, excluded.could_be_deposit, 0, {}});
        ++group->count;
        if (excluded.could_be_deposit && excluded.level != "uncertain" &&
            std::ranges::find(group->levels, excluded.level) == group->levels.end())
            group->levels.push_back(excluded.level);
    }
    std::ranges::stable_sort(groups, [](const NotReported& a, const NotReported& b) {
        return a.could_be_deposit != b.could_be_deposit ? a.could_be_deposit : a.count > b.count;
    });
    return groups;
}

std::string not_reported_words(const Findings& findings) {
    const auto groups = not_reported(findings);
    const auto could_be = list_of(groups, true, findings.spine),
               others = list_of(groups, false, findings.spine);
    std::string text = could_be.empty() ? "" : "Could be a deposit: " + could_be + ".";
    if (!others.empty())
        text += (text.empty() ? "" : " ") + ("Looked at and not reported, taken for: " + others) + ".";
    return text;
}

}  // namespace calcinode::report
