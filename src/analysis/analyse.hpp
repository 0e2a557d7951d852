// The analysis: a volume in, findings out. It knows no DICOM, no file, no network and no log.
#pragma once

#include <expected>
#include <functional>
#include <string_view>

#include "analysis/findings.hpp"
#include "analysis/verdict.hpp"
#include "analysis/volume.hpp"

namespace calcinode {

struct AnalysisOptions {
    int threads = 2;  // changes no finding
    VerdictRule verdict;
    // Called after each stage, "spine" and "deposits", by the thread that called analyse: for whoever
    // measures time.
    std::function<void(std::string_view stage)> finished;
};

std::expected<Findings, Unfit> analyse(const Volume& volume, const AnalysisOptions& options = {});

}  // namespace calcinode
