// Reads a DICOM Part 10 file once from end to end: whose it is, whether it is whole, and the hash of its
// dataset. Written for files from strangers: no recursion, memory bounded whatever the file says, and every
// element's length is held against what is really there, so that a truncated or foreign file is told from a
// whole one. Pixel data must be there, are passed over, never decoded.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace calcinode::spool {

// Values without their padding; empty where the element is absent.
struct Identity {
    std::string transfer_syntax_uid, source_ae;  // of the file meta information
    std::string sop_class_uid, sop_instance_uid, study_uid, series_uid;
    std::string modality, manufacturer, model;
};

struct Part10File {
    Identity identity;
    std::string
        dataset_sha256;       // of the dataset's bytes as they are in the file, without the meta information
    std::uint64_t bytes = 0;  // of the whole file
};

struct Unreadable {
    bool storage = false;  // the file could not be read at all; otherwise it is not what it should be
    std::string what;
};

std::expected<Part10File, Unreadable> read_part10(const std::filesystem::path& file);

}  // namespace calcinode::spool
