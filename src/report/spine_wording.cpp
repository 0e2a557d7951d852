#include "report/spine_wording.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/decimals.hpp"

namespace calcinode::report {
namespace {

// A slip is told where it differs from none by three standard deviations: a scan has ten pairs and more, of
// which one would pass two by chance.
constexpr double sure_deviations = 3;
// Further names are too improbable to help a reader.
constexpr std::size_t alternatives_told = 2;
constexpr double least_told = 0.05;

bool is_named(const std::string& level) {
    return !level.empty() && level != "uncertain";
}

std::string percent(double fraction) {
    return "(" + whole_number(fraction * 100) + " %)";
}

std::vector<LevelAlternative> told(const std::vector<LevelAlternative>& alternatives) {
    std::vector<LevelAlternative> result;
    for (const auto& a : alternatives)
        if (result.size() < alternatives_told && (result.empty() || a.probability >= least_told))
            result.push_back(a);
    return result;
}

std::string region_of(const std::string& level) {
    if (!is_named(level)) return "";
    switch (level.front()) {
        case 'C':
            return "cervical";
        case 'T':
            return "thoracic";
        case 'L':
            return "lumbar";
        default:
            return "sacral";
    }
}

// The names of the two vertebrae of a slip, and the chance of each pair; one pair of chance 1 where it is
// sure.
std::vector<LevelAlternative> pairs(const Spine& spine, const Listhesis& slip) {
    if (is_named(slip.upper) && is_named(slip.lower)) return {{segment_name(slip.upper, slip.lower), 1}};
    if (slip.upper_index + 1 >= spine.vertebrae.size()) return {};
    const auto& upper = spine.vertebrae[slip.upper_index].alternatives;
    const auto& lower = spine.vertebrae[slip.upper_index + 1].alternatives;
    std::vector<LevelAlternative> result;
    if (is_named(slip.upper))  // names are lost between the two
        for (const auto& a : lower) result.push_back({segment_name(slip.upper, a.level), a.probability});
    else if (is_named(slip.lower))
        for (const auto& a : upper) result.push_back({segment_name(a.level, slip.lower), a.probability});
    // Neighbours have their alternatives in the same order: both names shift together.
    for (std::size_t n = 0; n < std::min(upper.size(), lower.size()); ++n)
        result.push_back({segment_name(upper[n].level, lower[n].level), upper[n].probability});
    return result;
}

std::string alternatives_words(const std::vector<LevelAlternative>& alternatives) {
    std::string text;
    for (const auto& a : told(alternatives))
        text += (text.empty() ? "" : " or ") + a.level + " " + percent(a.probability);
    return text;
}

// Of vertebrae that follow each other, all with a name or all without.
std::string run_words(std::span<const Vertebra> run) {
    const auto count = std::to_string(run.size()) + (run.size() == 1 ? " vertebra" : " vertebrae");
    const auto &first = run.front(), &last = run.back();
    const auto span_of = [&](const std::string& a, const std::string& b) {
        return run.size() == 1 ? a : a + "-" + b;
    };
    if (is_named(first.level)) return span_of(first.level, last.level) + " (" + count + ")";
    std::vector<LevelAlternative> spans;
    for (std::size_t n = 0; n < std::min(first.alternatives.size(), last.alternatives.size()); ++n)
        spans.push_back({span_of(first.alternatives[n].level, last.alternatives[n].level),
                         first.alternatives[n].probability});
    const auto words = alternatives_words(spans);
    return count + (words.empty() ? ", levels uncertain" : ", levels uncertain: " + words);
}

}  // namespace

std::string level_words(const std::string& level, const std::vector<LevelAlternative>& alternatives) {
    if (is_named(level)) return level;
    const auto words = alternatives_words(alternatives);
    return words.empty() ? "level uncertain" : "level uncertain: " + words;
}

std::string short_level(const std::string& level, const std::vector<LevelAlternative>& alternatives) {
    if (is_named(level)) return level;
    std::string text;
    for (const auto& a : told(alternatives)) text += (text.empty() ? "" : " or ") + a.level;
    return text.empty() ? "level uncertain" : text + "?";
}

std::string picture_level(const Vertebra& vertebra) {
    if (is_named(vertebra.level)) return vertebra.level;
    return vertebra.alternatives.empty() ? "?" : vertebra.alternatives.front().level + "?";
}

std::string with_confidence(const std::string& level, double confidence) {
    return is_named(level) && confidence < sure_level ? level + " " + percent(confidence) : level;
}

std::string with_confidence(const std::string& level, const Spine& spine) {
    const auto found = std::ranges::find(spine.vertebrae, level, &Vertebra::level);
    return found == spine.vertebrae.end() ? level : with_confidence(level, found->confidence);
}

std::string names_in_view(const Spine& spine) {
    std::string text;
    for (const auto& v : spine.vertebrae)
        if (is_named(v.level)) text += (text.empty() ? "" : " ") + v.level;
    return text;
}

std::string segment_name(const std::string& upper, const std::string& lower) {
    const bool same_region = !upper.empty() && !lower.empty() && upper.front() == lower.front();
    return upper + "/" + (same_region ? lower.substr(1) : lower);
}

bool is_spondylolisthesis(const Listhesis& slip) {
    const double size = std::abs(slip.slip_mm);
    return size >= spondylolisthesis_mm && size >= sure_deviations * slip.uncertainty_mm;
}

std::vector<Listhesis> spondylolistheses(const Spine& spine) {
    std::vector<Listhesis> result;
    std::ranges::copy_if(spine.listhesis, std::back_inserter(result), is_spondylolisthesis);
    return result;
}

std::string_view slip_direction(const Listhesis& slip) {
    return slip.slip_mm < 0 ? "posterior" : "anterior";
}

std::string slip_words(const Spine& spine, const Listhesis& slip) {
    const auto names = pairs(spine, slip);
    const bool sure = names.size() == 1 && names.front().probability >= 1;
    const auto size = whole_number(std::abs(slip.slip_mm)) + " mm " + std::string(slip_direction(slip));
    if (sure) return names.front().level + " spondylolisthesis, " + size;
    return "spondylolisthesis, " + size + ", " + level_words("", names);
}

std::string picture_slip(const Spine& spine, const Listhesis& slip) {
    const auto names = pairs(spine, slip);
    const bool sure = names.size() == 1 && names.front().probability >= 1;
    return (names.empty() ? "" : names.front().level) + (sure ? "" : "?") + " slip " +
           whole_number(std::abs(slip.slip_mm)) + " mm " + std::string(slip_direction(slip));
}

std::vector<TrabecularMean> trabecular_means(const Spine& spine) {
    std::vector<TrabecularMean> means;
    for (const auto& v : spine.vertebrae) {
        const auto region = region_of(v.level);
        if (!v.trabecular_hu || region == "sacral") continue;
        const auto name = is_named(v.level) ? v.level : "";
        auto found = std::ranges::find(means, region, &TrabecularMean::region);
        if (found == means.end()) found = means.insert(means.end(), {region, name, name, 0, 0, {}});
        found->last = name;
        ++found->bodies;
        if (name == "L1") found->l1_hu = v.trabecular_hu;
        found->hu += (*v.trabecular_hu - found->hu) / found->bodies;
    }
    return means;
}

std::string trabecular_words(const TrabecularMean& mean, bool contrast) {
    std::string where = mean.first;
    if (mean.last != mean.first) where += "-" + mean.last;
    if (!where.empty()) where += " ";
    const std::string l1 = mean.l1_hu && mean.bodies > 1 ? ", L1 " + whole_number(*mean.l1_hu) + " HU" : "";
    return "trabecular attenuation " + where + whole_number(mean.hu) + " HU (mean of " +
           std::to_string(mean.bodies) + (mean.bodies == 1 ? " body)" : " bodies)") + l1 +
           (contrast ? ", raised by contrast medium" : "");
}

std::string canal_words(const Spine& spine) {
    const Vertebra* narrowest = nullptr;
    int measured = 0;
    for (const auto& v : spine.vertebrae) {
        if (!v.canal_area_mm2) continue;
        ++measured;
        if (!narrowest || *v.canal_area_mm2 < *narrowest->canal_area_mm2) narrowest = &v;
    }
    if (!narrowest) return "";
    return "narrowest canal " + whole_number(*narrowest->canal_area_mm2) + " mm2 at " +
           short_level(narrowest->level, narrowest->alternatives) + ", of " + std::to_string(measured) +
           " measured";
}

std::string extent_words(const Spine& spine) {
    std::string text;
    // Runs of vertebrae with and without names: a scan may lose its bearings on its way.
    for (auto first = spine.vertebrae.begin(); first != spine.vertebrae.end();) {
        const bool with_name = is_named(first->level);
        const auto end = std::find_if(first, spine.vertebrae.end(),
                                      [&](const Vertebra& v) { return is_named(v.level) != with_name; });
        text += (text.empty() ? "" : "; ") + run_words({first, end});
        first = end;
    }
    return text.empty() ? "no vertebra told apart" : text;
}

std::string spine_sentences(const Spine& spine) {
    std::string text;
    const auto add = [&](std::string words) {
        if (words.front() >= 'a' && words.front() <= 'z')
            words.front() = static_cast<char>(words.front() - 'a' + 'A');
        text += (text.empty() ? "" : " ") + words + ".";
    };
    for (const auto& slip : spondylolistheses(spine)) add(slip_words(spine, slip));
    if (std::ranges::any_of(spine.vertebrae, [](const Vertebra& v) { return !is_named(v.level); }))
        add("spine in view: " + extent_words(spine));
    return text;
}

}  // namespace calcinode::report
