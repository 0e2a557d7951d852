// Which series of a study is analysed.
//
// Of the series that are fit: axial before sagittal and coronal ones; then the one with the larger worth,
// its extent in mm times a factor for slice thickness (thin slices show small deposits, but a thin series of
// the inner ear must not win over a spine). Among those within 5 % of the best: not lossy before lossy, soft
// or unknown kernel before sharp, thinner before thicker, lower series number, UID.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/findings.hpp"
#include "assemble/stack.hpp"

namespace calcinode::assemble {

// What is known of one series without a look at its pixels.
struct Candidate {
    std::string uid;
    int series_number = 0;
    int planes = 0;  // all that the series has
    std::optional<Stack> stack;
    std::optional<Unfit> unfit;
};

// `planes`: all of one series, at least one.
Candidate make_candidate(std::vector<Plane> planes);

// Index of the series to analyse; nothing where none is fit.
std::optional<std::size_t> choose(const std::vector<Candidate>& candidates);

// A sentence for a fit candidate: "original axial series, 275 slices of 1.00 mm ...".
std::string description(const Candidate& candidate);

// Why none of the candidates is fit: the reason of the one that came nearest.
Unfit why_none(const std::vector<Candidate>& candidates);

}  // namespace calcinode::assemble
