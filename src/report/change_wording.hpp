// A change since an earlier result in words: the same in the structured report, the figure and on the command
// line.
#pragma once

#include <string>
#include <vector>

#include "report/comparison.hpp"

namespace calcinode::report {

// "2025-01-02"; "" where it is no date.
std::string date_words(const std::string& da);

// "+40 %", "-8 %", "0 %".
std::string percent_words(double percent);

// Of one deposit: "+40 % (progression): 1.43 ml, 1.02 ml on 2025-01-02".
std::string change_words(const DepositChange& change, double volume_mm3, const PriorResult& prior);

// Of all, some sentences, what decides first: what is new; the sum with its trend; what can only be compared
// together; what is gone or can't be compared.
std::vector<std::string> comparison_lines(const Comparison& comparison);

}  // namespace calcinode::report
