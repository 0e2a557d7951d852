#include "analysis/findings.hpp"

#include <utility>

namespace calcinode {

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::negative:
            return "negative";
        case Verdict::indeterminate:
            return "indeterminate";
        case Verdict::positive:
            return "positive";
    }
    std::unreachable();
}

std::string_view to_string(Compartment compartment) {
    switch (compartment) {
        case Compartment::canal:
            return "canal";
        case Compartment::foramen:
            return "foramen";
        case Compartment::facet:
            return "facet";
        case Compartment::posterior:
            return "posterior";
        case Compartment::paraspinal:
            return "paraspinal";
        case Compartment::prevertebral:
            return "prevertebral";
    }
    std::unreachable();
}

std::string_view to_string(Side side) {
    switch (side) {
        case Side::left:
            return "left";
        case Side::right:
            return "right";
        case Side::midline:
            return "midline";
    }
    std::unreachable();
}

double Findings::total_volume_mm3() const {
    double total = 0;
    for (const auto& deposit : deposits) total += deposit.volume_mm3;
    return total;
}

}  // namespace calcinode
