#include "report/change_wording.hpp"

#include <cmath>

#include "report/algorithm.hpp"
#include "report/wording.hpp"

namespace calcinode::report {
namespace {

std::string deposits(std::size_t count) {
    return std::to_string(count) + (count == 1 ? " deposit" : " deposits");
}

std::string since(const PriorResult& prior) {
    return "the result of " + date_words(prior.of.date);
}

std::string from_to(double then_mm3, double now_mm3) {
    return "from " + millilitres(then_mm3) + " to " + millilitres(now_mm3) + " ml";
}

// What decides, first.
std::vector<std::string> main_lines(const Comparison& comparison) {
    const auto& prior = comparison.prior;
    const auto count = comparison.new_count();
    if (count > 0) {
        std::vector<std::string> lines{
            std::to_string(count) + " new deposit" + (count == 1 ? "" : "s") + ", " +
            millilitres(comparison.new_volume_mm3()) + " ml, since " + since(prior) +
            (prior.levels_in_view.empty() ? " (or not in its view)" : "") + ": progression"};
        if (comparison.percent)
            lines.push_back("Volume of all " + percent_words(*comparison.percent) + ", " +
                            from_to(comparison.prior_volume_mm3, comparison.volume_mm3));
        return lines;
    }
    if (comparison.trend)
        return {"Volume " + percent_words(*comparison.percent) + " since " + since(prior) + ": " +
                std::string(to_string(*comparison.trend))};
    return {(prior.deposits.empty() ? "No deposit in " : "No deposit can be compared with ") + since(prior)};
}

std::string regrouped_words(const Regrouped& group) {
    return deposits(group.deposit_ids.size()) + " can't be compared one by one with " +
           std::to_string(group.prior_count) + " of that time: together " +
           from_to(group.prior_volume_mm3, group.volume_mm3);
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
    std::vector<std::string> lines = main_lines(comparison);
    const auto small = comparison.fresh.size() - comparison.new_count();
    if (small > 0)
        lines.push_back(std::to_string(small) + " new deposit" + (small == 1 ? "" : "s") +
                        " of less than 0.1 ml");
    for (const auto& group : comparison.regrouped) lines.push_back(regrouped_words(group));
    if (const auto count = comparison.unplaced.size(); count > 0)
        lines.push_back(deposits(count) + " at levels that were not in its view, or without a name");
    if (const auto count = comparison.gone.size(); count > 0) {
        double volume_mm3 = 0;
        for (const auto& gone : comparison.gone) volume_mm3 += gone.volume_mm3;
        lines.push_back(deposits(count) + " of that time, " + millilitres(volume_mm3) + " ml, not found now");
    }
    if (const auto count = comparison.not_comparable.size(); count > 0)
        lines.push_back(deposits(count) + " of that time at levels not in view now, or without a name");
    if (comparison.prior.analysis != analysis_text())
        lines.push_back(
            "The earlier result is by another version of the method: some of the change may come from that");
    return lines;
}

}  // namespace calcinode::report
