// Reads a dataset as its bytes come: whose it is, whether it is a whole image, and its checksum. Pixel data
// must be there, are passed over, never decoded.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "base/checksum.hpp"
#include "base/result.hpp"
#include "spool/dataset_walk.hpp"
#include "spool/inflater.hpp"

namespace calcinode::spool {

// Values without their padding; empty where the element is absent.
struct Identity {
    std::string transfer_syntax_uid;  // from outside: the file meta information, or the association
    std::string sop_class_uid, sop_instance_uid, study_uid, series_uid;
    std::string modality, manufacturer, model;
};

class DatasetReader {
  public:
    explicit DatasetReader(std::string transfer_syntax_uid);
    DatasetReader(const DatasetReader&) = delete;
    DatasetReader& operator=(const DatasetReader&) = delete;

    void feed(std::span<const std::byte> bytes);  // cut anywhere
    // No bytes are left; once. An Error says where the dataset is cut off, or why it is none.
    Result<> finish();

    const Identity& identity() const { return identity_; }
    // Of the dataset's bytes as they came; after a finish() without an Error.
    std::string checksum() const { return checksum_.text(); }

  private:
    std::string* place_for(Tag tag);
    bool walk(std::span<const std::byte> bytes);

    Identity identity_;
    DatasetWalk walk_;
    std::optional<Inflater> inflater_;  // for the deflated transfer syntax
    Checksum checksum_;
    Result<> state_;
    std::string foreign_;  // the first element that belongs in no dataset
    bool has_pixels_ = false;
};

}  // namespace calcinode::spool
