// What the database knows of a result, kept beside its files, so that a lost database can be rebuilt and its
// results are known again instead of being made a second time.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"
#include "report/earlier.hpp"
#include "store/store.hpp"

namespace calcinode::app {

struct ResultRecord {
    store::NewResult row;  // without destinations: those are the configuration's
    int revision = 1;
    std::int64_t instances = 0;  // that the study had when it was judged
};

// Writes the record into `folder`, that of the result.
Result<> write_record(const ResultRecord& record, const std::filesystem::path& folder);

// Reads the record of RESULTS/`relative`, the result's folder. An Error where there is none, or it is not
// one.
Result<ResultRecord> read_record(const std::filesystem::path& results, const std::filesystem::path& relative);

// Names of the configuration's destinations and alerts; and as in store::NewResult, what the former get.
struct Receivers {
    std::vector<std::string> destinations, alerts;
    std::map<std::string, std::vector<std::string>> wanted_classes = {};
};

// Takes into `database` each result below RESULTS that it does not know, with deliveries to all destinations,
// and its alerts, since nobody knows whether they arrived; to a PACS that has an object already, the same
// again is nothing new, and an alert is known by its identifier. A study that has the images of its newest
// result, or none, is judged already. Returns how many results were taken in. Throws store::StoreFailure.
int take_in_results(store::Database& database, const std::filesystem::path& results,
                    const Receivers& receivers);

// The objects of the study's newest result before `revision` that has a report; none where there is none, or
// its files are gone.
std::vector<report::EarlierObject> earlier_objects(const std::filesystem::path& results,
                                                   const std::string& study_uid, int revision);

}  // namespace calcinode::app
