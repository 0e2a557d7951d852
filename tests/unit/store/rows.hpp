// Rows for the tests of the database.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>

#include "store/store.hpp"
#include "support/temp_folder.hpp"

namespace calcinode::store {

inline Database open_in(const test::TempFolder& folder) {
    auto opened = Database::open(folder / "calcinode.db");
    REQUIRE(opened.has_value());
    return std::move(*opened);
}

inline InstanceRow instance(int number, const std::string& study = "1.2") {
    InstanceRow row;
    row.sop_instance_uid = study + ".3." + std::to_string(number);
    row.series_uid = "1.2.3";
    row.study_uid = study;
    row.sop_class_uid = "1.2.840.10008.5.1.4.1.1.2";
    row.transfer_syntax_uid = "1.2.840.10008.1.2.1";
    row.modality = "CT";
    row.path = "instances/00/" + row.sop_instance_uid + ".dcm";
    row.bytes = 100;
    row.checksum = "abc";
    row.calling_ae = "SCANNER";
    row.received = 1000 + number;
    return row;
}

inline NewResult result(const std::string& identity, const std::string& status = "analysed") {
    return {.study_uid = "1.2",
            .identity = identity,
            .status = status,
            .verdict = "positive",
            .reason = "",
            .folder = "1.2/" + identity,
            .objects = {{"1.9", "2.25." + std::to_string(identity.size()) + "1", "sr.dcm"},
                        {"1.9", "2.25." + std::to_string(identity.size()) + "2", "seg.dcm"}},
            .destinations = {"pacs", "archive"}};
}

// A study with one instance, queued and leased.
inline Job leased_job(Database& database) {
    database.add_instance(instance(1));
    REQUIRE(database.queue_study("1.2", database.find_study("1.2")->last_received));
    const auto job = database.lease_job(now_ms(), now_ms() + 60'000);
    REQUIRE(job);
    return *job;
}

}  // namespace calcinode::store
