#include "analysis/verdict.hpp"

#include <algorithm>

namespace calcinode {
namespace {

constexpr double positive_mm3 = 100;  // the smallest deposit that the node is made to find
constexpr double positive_confidence = 0.5;

}  // namespace

Verdict verdict_of(const std::vector<Deposit>& deposits) {
    const bool positive = std::ranges::any_of(deposits, [](const Deposit& d) {
        return d.volume_mm3 >= positive_mm3 && d.confidence >= positive_confidence;
    });
    if (positive) return Verdict::positive;
    return deposits.empty() ? Verdict::negative : Verdict::indeterminate;
}

}  // namespace calcinode
