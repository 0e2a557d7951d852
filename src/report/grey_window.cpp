#include "report/grey_window.hpp"

namespace calcinode::report {
namespace {

constexpr double brightest_part = 0.004;  // of the pixels may be white: bright edges, teeth, metal
constexpr int step_hu = 100;              // windows are round numbers, as a reader sets them

}  // namespace

GreyWindow window_for(const std::vector<std::int16_t>& hu, int black, int least_white, int most_white) {
    auto sorted = hu;
    const auto place =
        static_cast<std::ptrdiff_t>(static_cast<double>(sorted.size() - 1) * (1 - brightest_part));
    std::ranges::nth_element(sorted, sorted.begin() + place);
    const int rounded_up = (sorted[static_cast<std::size_t>(place)] + step_hu - 1) / step_hu * step_hu;
    const int white = std::clamp(rounded_up, least_white, most_white);
    return {white - black, (white + black) / 2};
}

}  // namespace calcinode::report
