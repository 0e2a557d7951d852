// An object of a study's earlier result, for the one that replaces it to name.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace calcinode::report {

struct EarlierObject {
    std::string sop_class_uid, series_uid, sop_instance_uid;
};

Result<EarlierObject> read_earlier(const std::filesystem::path& file);

}  // namespace calcinode::report
