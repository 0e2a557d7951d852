// Earlier results of a patient in the PACS of the configuration's [priors].
#pragma once

#include <chrono>
#include <optional>

#include "base/result.hpp"
#include "config/config.hpp"
#include "deliver/peer.hpp"
#include "report/comparison.hpp"

namespace calcinode::app {

class PacsPriors {
  public:
    explicit PacsPriors(const config::Config& config);

    // The newest report of an earlier study of the patient, from the network; it may take as long as
    // priors.altogether_s says. Nothing where there is none, or no PACS is configured. An Error where it
    // could not be asked.
    Result<std::optional<report::PriorResult>> find(const report::PatientStudy& study) const;

  private:
    std::optional<deliver::Destination> pacs_;
    std::chrono::seconds altogether_;
    int years_back_;
};

}  // namespace calcinode::app
