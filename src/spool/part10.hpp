// DICOM files (PS3.10) as the spool writes and reads them.
//
// The file meta information of a file that the spool wrote holds the checksum of its dataset, so that a file
// which a power cut left incomplete is told from a whole one, even where the file system put zeros for what
// is missing.
#pragma once

#include <cstdint>
#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "spool/dataset_reader.hpp"

namespace calcinode::spool {

struct FileMeta {
    std::string sop_class_uid, sop_instance_uid, transfer_syntax_uid, calling_ae;
};

// Private Information Creator UIDs (0002,0100) of the checksum in (0002,0102). Under 2.25, from random UUIDs.
inline constexpr std::string_view checksum_creator_uid = "2.25.172099148965681611988978275077389221689";
// Of files that versions before wrote, with SHA-256.
inline constexpr std::string_view sha256_creator_uid = "2.25.82646285684594347334827265304961953639";

// Preamble and file meta information. How long it is does not depend on `dataset_checksum`
// (Checksum::digits).
std::string part10_header(const FileMeta& meta, std::string_view dataset_checksum);

struct Part10File {
    Identity identity;
    std::string source_ae;
    // Of the dataset's bytes as they are in the file, without the meta information; see base/checksum.hpp.
    std::string dataset_checksum;
    std::uint64_t bytes = 0;  // of the whole file
    bool checked = false;     // it holds a checksum of ours, which is right
};

struct Unreadable {
    bool storage = false;  // the file could not be read at all; otherwise it is not what it should be
    std::string what;
};

// Reads the file once, from its begin to its end or to `end`. Where it holds a checksum of ours, it must be
// right.
std::expected<Part10File, Unreadable> read_part10(const std::filesystem::path& file,
                                                  std::optional<std::uint64_t> end = std::nullopt);

}  // namespace calcinode::spool
