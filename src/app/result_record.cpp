#include "app/result_record.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/result_folder.hpp"
#include "base/fd.hpp"

namespace calcinode::app {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* file_name = "record.json";
constexpr std::size_t largest_record = 1 << 20;  // a real one has about 1 KiB

Json to_json(const ResultRecord& record) {
    const auto& row = record.row;
    Json json{{"study_uid", row.study_uid}, {"status", row.status},        {"verdict", row.verdict},
              {"reason", row.reason},       {"revision", record.revision}, {"instances", record.instances},
              {"objects", Json::array()}};
    for (const auto& object : row.objects)
        json["objects"].push_back({{"file", fs::path(object.path).filename().string()},
                                   {"sop_class_uid", object.sop_class_uid},
                                   {"sop_instance_uid", object.sop_instance_uid}});
    for (const auto& alert : row.alerts)
        json["alerts"].push_back({{"file", fs::path(alert.path).filename().string()},
                                  {"receiver", alert.receiver},
                                  {"uid", alert.uid}});
    return json;
}

ResultRecord from_json(const Json& json, const fs::path& relative) {
    ResultRecord record;
    auto& row = record.row;
    row.study_uid = json.at("study_uid");
    row.status = json.at("status");
    row.verdict = json.at("verdict");
    row.reason = json.at("reason");
    row.identity = relative.filename().string();
    row.folder = relative.string();
    for (const auto& object : json.at("objects"))
        row.objects.push_back(
            {object.at("sop_class_uid"), object.at("sop_instance_uid"),
             (relative / fs::path(object.at("file").get<std::string>()).filename()).string()});
    if (json.contains("alerts"))
        for (const auto& alert : json.at("alerts"))
            row.alerts.push_back(
                {alert.at("receiver"), alert.at("uid"),
                 (relative / fs::path(alert.at("file").get<std::string>()).filename()).string()});
    record.revision = json.at("revision");
    record.instances = json.at("instances");
    return record;
}

// The records of one study's results, the oldest first.
std::vector<ResultRecord> records_of(const fs::path& results, const fs::path& study) {
    std::vector<ResultRecord> records;
    for (const auto& relative : ResultFolder::results_of(results, study)) {
        auto record = read_record(results, relative);
        if (record)
            records.push_back(std::move(*record));
        else
            spdlog::warn("result {} is made again: {}", relative.string(), record.error().what);
    }
    std::ranges::sort(records, {}, &ResultRecord::revision);
    return records;
}

}  // namespace

Result<> write_record(const ResultRecord& record, const fs::path& folder) {
    // A reason may quote a received value: bytes that are not UTF-8 become the replacement character.
    return write_file_atomically(folder / file_name,
                                 to_json(record).dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

Result<ResultRecord> read_record(const fs::path& results, const fs::path& relative) {
    const auto text = read_file(results / relative / file_name, largest_record);
    if (!text) return std::unexpected(text.error());
    try {
        return from_json(Json::parse(*text), relative);
    } catch (const Json::exception& mistake) {
        return fail((relative / file_name).string() + " is not a result's record: " + mistake.what());
    }
}

std::vector<report::EarlierObject> earlier_objects(const fs::path& results, const std::string& study_uid,
                                                   int revision) {
    auto records = records_of(results, ResultFolder::name_of(study_uid, "").parent_path());
    std::erase_if(records, [&](const ResultRecord& record) {
        return record.revision >= revision || record.row.objects.empty();
    });
    if (records.empty()) return {};
    std::vector<report::EarlierObject> objects;
    for (const auto& object : records.back().row.objects) {
        auto earlier = report::read_earlier(results / object.path);
        if (earlier)
            objects.push_back(std::move(*earlier));
        else
            spdlog::warn("study {}: the new result can't name an object of revision {}: {}", study_uid,
                         records.back().revision, earlier.error().what);
    }
    return objects;
}

int take_in_results(store::Database& database, const fs::path& results, const Receivers& receivers) {
    int taken_in = 0;
    for (const auto& study : ResultFolder::studies(results))
        for (auto& record : records_of(results, study)) {
            record.row.destinations = receivers.destinations;
            record.row.wanted_classes = receivers.wanted_classes;
            std::erase_if(record.row.alerts, [&](const store::AlertToDeliver& alert) {
                return std::ranges::find(receivers.alerts, alert.receiver) == receivers.alerts.end();
            });
            if (database.take_in_result(record.row, record.revision, record.instances)) ++taken_in;
        }
    return taken_in;
}

}  // namespace calcinode::app
