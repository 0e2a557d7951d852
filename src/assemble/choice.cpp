#include "assemble/choice.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <tuple>

#include "assemble/orientation.hpp"
#include "assemble/suitability.hpp"

namespace calcinode::assemble {
namespace {

constexpr double nearly_as_good = 0.95;            // of the best worth: let kernel and the like decide
constexpr std::size_t most_voxels = 1500'000'000;  // 3 GB of memory; the largest real CT has 1.0e9
constexpr int sharp_siemens_kernel = 55;           // B60, Br64, H70 are for lung and bone
constexpr int sharp_toshiba_kernel = 30;           // FC30 and above, but for the brain's FC6x

double slice_mm(const Stack& stack) {
    return std::max(stack.spacing_mm, stack.thickness_mm);
}

// How much of a millimetre of spine is seen: guesses that order, not measurements.
double worth(const Stack& stack) {
    const double mm = slice_mm(stack);
    const double factor = mm <= 1.5 ? 1.0 : mm <= 2.5 ? 0.8 : mm <= 3.5 ? 0.6 : 0.3;
    return factor * (stack.extent_mm + stack.spacing_mm);
}

// Edge-enhancing kernels: noise and overshoot, a deposit's attenuation is wrong.
bool is_sharp(std::string_view kernel) {
    std::string upper;
    for (const char c : kernel) upper += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    for (const std::string_view word : {"BONE", "LUNG", "EDGE", "SHARP", "YC", "YD"})
        if (upper.find(word) != std::string::npos) return true;
    const auto digits = upper.find_first_of("0123456789");
    if (digits == std::string::npos || digits == 0) return false;
    const int number = std::atoi(upper.substr(digits, 2).c_str());
    if (upper.starts_with("FC")) return number >= sharp_toshiba_kernel && number / 10 != 6;
    const bool siemens =
        upper.front() == 'B' || upper.front() == 'H' || upper.front() == 'I' || upper.front() == 'Q';
    return siemens && number >= sharp_siemens_kernel;
}

bool fits_memory(const Stack& stack) {
    const auto& format = stack.planes.front().image->format;
    const auto voxels = static_cast<std::size_t>(format.rows) * static_cast<std::size_t>(format.columns) *
                        static_cast<std::size_t>(stack.slots());
    return voxels <= most_voxels;
}

// The commonest reason among planes of which none is suited.
Unfit commonest(const std::map<std::string, std::pair<int, Unfit>>& reasons) {
    return std::ranges::max_element(reasons, {}, [](const auto& r) { return r.second.first; })->second.second;
}

}  // namespace

Candidate make_candidate(std::vector<Plane> planes) {
    std::ranges::sort(planes, comes_before);
    Candidate candidate;
    candidate.uid = planes.front().image->series_uid;
    candidate.series_number = planes.front().image->series_number;
    candidate.planes = static_cast<int>(planes.size());
    std::map<std::string, std::pair<int, Unfit>> reasons;
    std::vector<Plane> suited;
    for (const auto& plane : planes) {
        if (auto unfit = unsuited(plane))
            ++reasons.try_emplace(unfit->code, 0, *unfit).first->second.first;
        else
            suited.push_back(plane);
    }
    if (suited.empty()) {
        candidate.unfit = commonest(reasons);
        return candidate;
    }
    const bool unreadable = reasons.contains("unreadable_pixels");
    auto made = make_stack(std::move(suited));
    candidate.stack = std::move(made.stack);
    candidate.unfit = std::move(made.unfit);
    if (!candidate.unfit && unreadable) candidate.unfit = reasons.at("unreadable_pixels").second;
    if (!candidate.unfit && !canonical_axes(*candidate.stack))
        candidate.unfit =
            Unfit{"oblique_orientation", "images are more than 45 degrees oblique to the body's axes"};
    if (!candidate.unfit && !fits_memory(*candidate.stack))
        candidate.unfit =
            Unfit{"too_large", fmt::format("more than {} million voxels", most_voxels / 1'000'000)};
    return candidate;
}

std::optional<std::size_t> choose(const std::vector<Candidate>& candidates) {
    bool any_axial = false;
    for (const auto& c : candidates) any_axial = any_axial || (!c.unfit && is_axial(*c.stack));
    std::vector<std::size_t> eligible;
    double best = 0;
    for (std::size_t n = 0; n < candidates.size(); ++n) {
        const auto& c = candidates[n];
        if (c.unfit || (any_axial && !is_axial(*c.stack))) continue;
        eligible.push_back(n);
        best = std::max(best, worth(*c.stack));
    }
    std::erase_if(eligible,
                  [&](std::size_t n) { return worth(*candidates[n].stack) < nearly_as_good * best; });
    if (eligible.empty()) return std::nullopt;
    const auto preference = [&](std::size_t n) {
        const auto& c = candidates[n];
        const auto& image = *c.stack->planes.front().image;
        return std::tuple(image.lossy, is_sharp(image.kernel), slice_mm(*c.stack), c.series_number,
                          std::string_view(c.uid));
    };
    return *std::ranges::min_element(eligible, {}, preference);
}

std::string description(const Candidate& candidate) {
    const auto& stack = *candidate.stack;
    return fmt::format("{} {} series, {} slices {:.2f} mm apart over {:.0f} mm",
                       stack.planes.front().image->lossy ? "original (lossy compressed)" : "original",
                       is_axial(stack) ? "axial" : "sagittal or coronal", stack.planes.size(),
                       stack.spacing_mm, stack.extent_mm);
}

Unfit why_none(const std::vector<Candidate>& candidates) {
    const auto nearest = std::ranges::max_element(
        candidates, {}, [](const Candidate& c) { return std::pair(nearness(*c.unfit), c.planes); });
    auto unfit = *nearest->unfit;
    unfit.text = fmt::format("series {}: {}", nearest->series_number, unfit.text);
    if (candidates.size() > 1)
        unfit.text = fmt::format("none of {} series can be analysed; the nearest was {}", candidates.size(),
                                 unfit.text);
    return unfit;
}

}  // namespace calcinode::assemble
