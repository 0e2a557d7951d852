#include "assemble/stack.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cmath>

#include "assemble/grouping.hpp"

namespace calcinode::assemble {

// Above it a deposit of the size that matters (500 mm3, 10 mm across) is in one or two slices only.
const double thickest_slice_mm = 5.0;

namespace {

constexpr int fewest_slices = 16;          // less is no stack in which a canal can be followed
constexpr double shortest_extent_mm = 30;  // two cervical vertebrae
// A step between slices is regular when it is a multiple of the spacing within this share of it, or within
// what positions written with one decimal make of it.
constexpr double step_tolerance = 0.15;
constexpr double rounding_mm = 0.11;
// No slice may lie farther from its place on the regular grid than this share of the spacing.
constexpr double drift_tolerance = 0.25;
// How far a slice may be shifted sideways from the first one's normal: what counts is where a voxel claims
// to be, and a millimetre is below a vertebra's smallest structure. A 30 mm stack may so be tilted by 1.9
// degrees, one of 300 mm by 0.2.
constexpr double sideways_tolerance_mm = 1.0;
// Interpolation of missing slices: a few at most, and never over more than a thick slice would hide.
constexpr int most_missing = 3;
constexpr double most_missing_share = 0.05;

// Without spaces or signs for zero; for sentences.
std::string mm(double value) {
    return fmt::format("{:.2f} mm", value);
}

void set_axes(Stack& stack) {
    const auto& o = *stack.planes.front().header().orientation;
    stack.row = unit({o[0], o[1], o[2]});
    const Vec3 column{o[3], o[4], o[5]};
    stack.column = unit(column - stack.row * dot(column, stack.row));
    stack.normal = cross(stack.row, stack.column);
}

bool one_frame_of_reference(const Stack& stack) {
    const auto& first = stack.planes.front().image->frame_of_reference_uid;
    return std::ranges::all_of(stack.planes,
                               [&](const Plane& p) { return p.image->frame_of_reference_uid == first; });
}

struct Steps {
    std::vector<double> mm;  // between neighbours along the normal
    double median = 0, smallest = 0, largest = 0;
};

Steps steps_of(const Stack& stack) {
    Steps steps;
    for (std::size_t n = 1; n < stack.planes.size(); ++n)
        steps.mm.push_back(
            dot(*stack.planes[n].header().position - *stack.planes[n - 1].header().position, stack.normal));
    auto sorted = steps.mm;
    std::ranges::sort(sorted);
    steps.median = sorted[sorted.size() / 2];
    steps.smallest = sorted.front();
    steps.largest = sorted.back();
    return steps;
}

// Puts each plane into its slot; false where the steps are no multiples of one spacing.
bool place_on_grid(Stack& stack, const Steps& steps) {
    stack.slot.assign(1, 0);
    const double tolerance = std::max(step_tolerance * steps.median, rounding_mm);
    bool regular = true;
    double total_slots = 0;
    for (const double step : steps.mm) {
        const double multiple = std::max(1.0, std::round(step / steps.median));
        total_slots += multiple;
        // Positions are bounded, but a tiny median could still make a huge count.
        if (total_slots > 1e6) return false;
        regular = regular && std::abs(step - multiple * steps.median) <= tolerance;
        stack.slot.push_back(stack.slot.back() + static_cast<int>(multiple));
    }
    // Over the whole extent, which the rounding of single positions does not touch.
    stack.spacing_mm = stack.extent_mm / total_slots;
    stack.missing = stack.slots() - static_cast<int>(stack.planes.size());
    const LpsPoint first = *stack.planes.front().header().position;
    for (std::size_t n = 0; n < stack.planes.size(); ++n) {
        const double along = dot(*stack.planes[n].header().position - first, stack.normal);
        const double drift = std::abs(along - stack.slot[n] * stack.spacing_mm);
        regular = regular && drift <= drift_tolerance * stack.spacing_mm;
    }
    return regular;
}

// The shift of a plane within its own plane, against the first one.
double sideways(const Stack& stack, const Plane& plane) {
    const Vec3 d = *plane.header().position - *stack.planes.front().header().position;
    return std::hypot(dot(d, stack.row), dot(d, stack.column));
}

class Problems {
  public:
    void add(const char* code, std::string text) {
        if (unfit_) {
            unfit_->text += "; " + text;
            return;
        }
        unfit_ = Unfit{code, std::move(text)};
    }
    std::optional<Unfit> take() { return std::move(unfit_); }

  private:
    std::optional<Unfit> unfit_;
};

void check_sideways(const Stack& stack, Problems& problems) {
    constexpr double degrees = 57.29577951308232;
    double largest = 0;
    for (const auto& plane : stack.planes) largest = std::max(largest, sideways(stack, plane));
    if (largest <= sideways_tolerance_mm) return;
    const double last = sideways(stack, stack.planes.back());
    if (last >= largest / 2)  // it grows from the first slice to the last: the gantry was tilted
        problems.add("gantry_tilt",
                     fmt::format("gantry tilt: each slice is shifted against the next, by {:.1f} degrees "
                                 "({} over the series), which is not resampled",
                                 std::atan2(last, stack.extent_mm) * degrees, mm(last)));
    else
        problems.add("irregular_spacing",
                     "slices are shifted sideways against each other, by " + mm(largest));
}

void check_missing(Stack& stack, const Steps& steps, Problems& problems) {
    if (stack.missing == 0) return;
    const double allowed = most_missing_share * stack.slots();
    const double gap = std::round(steps.largest / steps.median) * stack.spacing_mm;
    const auto seen = fmt::format("{} of {} slices are missing, the largest gap is {}", stack.missing,
                                  stack.slots(), mm(gap));
    if (stack.missing > most_missing || stack.missing > allowed || gap > thickest_slice_mm + 1e-6)
        problems.add("missing_slices", seen);
    else
        stack.remarks.push_back(seen + "; filled by linear interpolation");
}

}  // namespace

StackResult make_stack(std::vector<Plane> planes) {
    StackResult result;
    Stack& stack = result.stack;
    const auto given = planes.size();
    stack.planes = largest_consistent(std::move(planes));
    set_axes(stack);
    if (stack.planes.size() < given)
        stack.remarks.push_back(
            fmt::format("{} slices of another orientation, matrix or pixel spacing were left out",
                        given - stack.planes.size()));
    stack.planes = one_per_position(std::move(stack.planes), stack.normal, stack.remarks);
    if (!one_frame_of_reference(stack))
        stack.remarks.push_back("the slices have different Frame of Reference UIDs; the first one's is used");
    for (const auto& plane : stack.planes)
        stack.thickness_mm = std::max(stack.thickness_mm, plane.header().thickness_mm.value_or(0));
    stack.extent_mm =
        dot(*stack.planes.back().header().position - *stack.planes.front().header().position, stack.normal);

    Problems problems;
    const auto count = static_cast<int>(stack.planes.size());
    if (count < fewest_slices || stack.extent_mm < shortest_extent_mm)
        problems.add("too_few_slices",
                     fmt::format("too few slices: {} over {}; at least {} over {} are needed", count,
                                 mm(stack.extent_mm), fewest_slices, mm(shortest_extent_mm)));
    if (count < 2) {
        stack.slot.assign(1, 0);
        result.unfit = problems.take();
        return result;
    }
    const Steps steps = steps_of(stack);
    const bool regular = place_on_grid(stack, steps);
    check_sideways(stack, problems);
    if (!regular)
        problems.add(
            "irregular_spacing",
            fmt::format("irregular spacing: the distance between neighbouring slices changes from {} to {}",
                        mm(steps.smallest), mm(steps.largest)));
    if (std::max(stack.spacing_mm, stack.thickness_mm) > thickest_slice_mm)
        problems.add("slices_too_thick",
                     fmt::format("slices too thick: {} thick, {} apart; at most {} can be judged",
                                 mm(stack.thickness_mm), mm(steps.median), mm(thickest_slice_mm)));
    if (regular) check_missing(stack, steps, problems);
    result.unfit = problems.take();
    return result;
}

}  // namespace calcinode::assemble
