// Earlier results of a patient, to state what has changed since.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "report/comparison.hpp"

namespace calcinode::app {

// The reports of a results folder by patient. The first look reads them all, some milliseconds each; those
// made later are told of. Used by one thread at a time.
class PriorIndex {
  public:
    explicit PriorIndex(std::filesystem::path results) : results_(std::move(results)) {}

    // A result's folder, relative to that of all results; it may have no report.
    void add(const std::filesystem::path& folder);
    // The newest report of an earlier study of the patient that is still there.
    std::optional<report::PriorResult> find(const report::PatientStudy& study);

  private:
    void read_all();

    std::filesystem::path results_;
    bool is_read_ = false;
    std::map<std::pair<std::string, std::string>, std::set<std::filesystem::path>> reports_;  // by ID, issuer
};

// Of the later study; of two of one study the later revision.
bool is_newer(const report::PriorResult& one, const report::PriorResult& other);

// Of the reports of ours among `files` the newest that is a prior of `study`; whatever else is among them is
// passed over. Only the first thousands of files are looked at.
std::optional<report::PriorResult> newest_prior(const std::vector<std::filesystem::path>& files,
                                                const report::PatientStudy& study);

}  // namespace calcinode::app
