#include <spdlog/fmt/fmt.h>
#include <spdlog/fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "phantom/phantom.hpp"

namespace calcinode::phantom {
namespace {

constexpr std::array<std::string_view, 7> levels{"C2", "C3", "C4", "C5", "C6", "C7", "T1"};
constexpr std::array<std::string_view, 7> sites{
    "facet_left", "facet_right", "paraspinal_left", "paraspinal_right", "posterior", "prevertebral", "canal"};
// More does not fit into a neck; less is lost in a voxel or two.
constexpr double smallest_ml = 0.02, largest_ml = 60;
// From fainter than marrow to what the scale of a 12-bit scanner ends with.
constexpr double lowest_hu = 100, highest_hu = 3000;

std::optional<double> number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

}  // namespace

Result<DepositSpec> parse_deposit(std::string_view text) {
    std::array<std::string_view, 4> field;
    for (std::size_t n = 0; n < field.size(); ++n) {
        const std::size_t colon = text.find(':');
        const bool last = n + 1 == field.size();
        if (last != (colon == std::string_view::npos))
            return fail("a deposit is LEVEL:SITE:ML:HU, for example C4:facet_left:4:700");
        field[n] = text.substr(0, colon);
        text.remove_prefix(last ? text.size() : colon + 1);
    }
    const auto ml = number(field[2]), hu = number(field[3]);
    if (std::ranges::find(levels, field[0]) == levels.end())
        return fail(fmt::format("the level must be one of {}", fmt::join(levels, ", ")));
    if (std::ranges::find(sites, field[1]) == sites.end())
        return fail(fmt::format("the site must be one of {}", fmt::join(sites, ", ")));
    if (!ml || !(*ml >= smallest_ml && *ml <= largest_ml))
        return fail(fmt::format("the volume must be {} to {} ml", smallest_ml, largest_ml));
    if (!hu || !(*hu >= lowest_hu && *hu <= highest_hu))
        return fail(fmt::format("the attenuation must be {} to {} HU", lowest_hu, highest_hu));
    return DepositSpec{std::string(field[0]), std::string(field[1]), *ml, *hu};
}

}  // namespace calcinode::phantom
