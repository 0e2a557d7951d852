#include "assemble/grouping.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

namespace calcinode::assemble {
namespace {

constexpr double same_cosine = 1e-3;       // 0.06 degrees: below what moves a voxel
constexpr double same_spacing_mm = 1e-4;   // 0.05 mm over 512 pixels
constexpr double same_position_mm = 0.01;  // far below any slice spacing, above rounding
constexpr std::size_t most_groups = 64;    // of one series; hostile input must not make this quadratic
constexpr double most_positions = 0.5;     // share of doubled positions that makes phases of a series
constexpr double whole_acquisition = 0.9;  // share of positions that one phase must cover to stand alone

bool belong_together(const Plane& a, const Plane& b) {
    if (a.image->format.rows != b.image->format.rows || a.image->format.columns != b.image->format.columns)
        return false;
    // Not the Frame of Reference UID, which ought to be one for a series (PS3.3 A.1.2.7) but is not after
    // some de-identifications.
    const auto &fa = a.header(), &fb = b.header();
    for (std::size_t n = 0; n < 6; ++n)
        if (std::abs((*fa.orientation)[n] - (*fb.orientation)[n]) > same_cosine) return false;
    for (std::size_t n = 0; n < 2; ++n)
        if (std::abs((*fa.pixel_spacing)[n] - (*fb.pixel_spacing)[n]) > same_spacing_mm) return false;
    return true;
}

struct Placed {
    Plane plane;
    double along = 0;  // the normal, mm
};

// Planes within same_position_mm of the first one of a run are at one position.
std::vector<std::vector<Placed>> by_position(std::vector<Placed> placed) {
    std::ranges::sort(placed, [](const Placed& a, const Placed& b) {
        if (a.along != b.along) return a.along < b.along;
        return comes_before(a.plane, b.plane);
    });
    std::vector<std::vector<Placed>> positions;
    for (auto& p : placed) {
        if (positions.empty() || p.along - positions.back().front().along > same_position_mm)
            positions.emplace_back();
        positions.back().push_back(std::move(p));
    }
    return positions;
}

bool acquired_before(const Placed& a, const Placed& b) {
    const auto key = [](const Placed& p) {
        const auto& frame = p.plane.header();
        return std::tuple(frame.acquisition_number.value_or(0), std::string_view(frame.acquisition_time));
    };
    if (key(a) != key(b)) return key(a) < key(b);
    return comes_before(a.plane, b.plane);
}

// The acquisition number with the most positions, where it has nearly all of them; lowest number first.
std::optional<int> covering_acquisition(const std::vector<std::vector<Placed>>& positions) {
    std::map<int, std::size_t> covered;
    for (const auto& position : positions) {
        std::map<int, bool> here;
        for (const auto& p : position)
            if (const auto number = p.plane.header().acquisition_number) here[*number] = true;
        for (const auto& [number, present] : here) covered[number] += present;
    }
    std::optional<int> best;
    for (const auto& [number, count] : covered)
        if (!best || count > covered[*best]) best = number;
    if (!best || covered.size() < 2) return std::nullopt;
    const auto share = static_cast<double>(covered[*best]) / static_cast<double>(positions.size());
    return share >= whole_acquisition ? best : std::nullopt;
}

}  // namespace

std::vector<Plane> largest_consistent(std::vector<Plane> planes) {
    std::ranges::sort(planes, comes_before);
    std::vector<std::vector<Plane>> groups;
    for (const auto& plane : planes) {
        const auto found = std::ranges::find_if(
            groups, [&](const auto& group) { return belong_together(group.front(), plane); });
        if (found != groups.end())
            found->push_back(plane);
        else if (groups.size() < most_groups)
            groups.push_back({plane});
    }
    return std::move(*std::ranges::max_element(groups, {}, &std::vector<Plane>::size));
}

std::vector<Plane> one_per_position(std::vector<Plane> planes, Vec3 normal,
                                    std::vector<std::string>& remarks) {
    std::vector<Placed> placed;
    placed.reserve(planes.size());
    for (const auto& plane : planes) placed.push_back({plane, dot(*plane.header().position, normal)});
    auto positions = by_position(placed);
    const auto doubled =
        std::ranges::count_if(positions, [](const auto& position) { return position.size() > 1; });
    if (doubled > 0 && static_cast<double>(doubled) >= most_positions * static_cast<double>(positions.size()))
        if (const auto chosen = covering_acquisition(positions)) {
            std::erase_if(placed,
                          [&](const Placed& p) { return p.plane.header().acquisition_number != chosen; });
            positions = by_position(placed);
        }
    std::vector<Plane> result;
    result.reserve(positions.size());
    for (const auto& position : positions)
        result.push_back(std::ranges::min_element(position, acquired_before)->plane);
    if (doubled > 0)
        remarks.push_back(std::to_string(doubled) + " slice positions occur more than once; of " +
                          std::to_string(planes.size()) + " slices " + std::to_string(result.size()) +
                          " of the first acquisition were used");
    return result;
}

}  // namespace calcinode::assemble
