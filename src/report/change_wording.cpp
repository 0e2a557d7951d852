#include "report/change_wording.hpp"

#include <cmath>

#include "report/wording.hpp"

namespace calcinode::report {
namespace {

std::string deposits(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " deposit" : " deposits");
}

std::string since(const PriorResult& prior) {
    return "the result of " + date_words(prior.of.date);
}

}  // namespace

std::string date_words(const std::string& da) {
    if (da.size() != 8 || da.find_first_not_of("0123456789") != std::string::npos) return "";
    return da.substr(0, 4) + "-" + da.substr(4, 2) + "-" + da.substr(6);
}

std::string percent_words(double percent) {
    const auto rounded = std::lround(percent);
    return (rounded > 0 ? "+" : "") + std::to_string(rounded) + " %";
}

std::string change_words(const DepositChange& change, double volume_mm3, const PriorResult& prior) {
    return percent_words(change.percent) + " (" + std::string(to_string(change.trend)) +
           "): " + millilitres(volume_mm3) + " ml, " + millilitres(change.prior_volume_mm3) + " ml on " +
           date_words(prior.of.date);
}

std::vector<std::string> comparison_lines(const Comparison& comparison) {
    std::vector<std::string> lines;
    const auto& prior = comparison.prior;
    if (comparison.trend)
        lines.push_back("Volume " + percent_words(*comparison.percent) + " since " + since(prior) + ": " +
                        std::string(to_string(*comparison.trend)));
    else if (prior.deposits.empty())
        lines.push_back("No deposit in " + since(prior));
    else
        lines.push_back("No deposit can be compared with " + since(prior));
    if (const auto count = comparison.unmatched.size(); count > 0 && !prior.deposits.empty())
        lines.push_back(deposits(count) + " without a counterpart there: new, or not in its view");
    if (const auto count = comparison.gone.size(); count > 0)
        lines.push_back(deposits(count) + " of that time not found now");
    if (const auto count = comparison.not_comparable.size(); count > 0)
        lines.push_back(deposits(count) + " of that time at levels not in view now, or without a name");
    return lines;
}

}  // namespace calcinode::report
