// A DICOM Part 10 file that is open for reading.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "base/result.hpp"

class DcmDataset;
class DcmFileFormat;

namespace calcinode::dicom {

// The structure is parsed to the end of the file, so that a truncated one is found out; pixel data and
// other large values stay on disk until they are asked for (but for the deflated transfer syntax, where all
// is in memory).
// Use an object from one thread at a time; several objects on the same file are fine.
class File {
  public:
    static Result<File> open(const std::filesystem::path& path);
    File(File&&) noexcept;
    File& operator=(File&&) noexcept;
    ~File();

    DcmDataset& dataset();
    const std::string& transfer_syntax() const { return transfer_syntax_; }  // UID

  private:
    explicit File(std::unique_ptr<DcmFileFormat> format, std::string transfer_syntax);
    std::unique_ptr<DcmFileFormat> format_;
    std::string transfer_syntax_;
};

}  // namespace calcinode::dicom
