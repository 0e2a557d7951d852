#include "dicom/file.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <array>
#include <fstream>
#include <string_view>

#include "dicom/attributes.hpp"
#include "dicom/condition.hpp"

namespace calcinode::dicom {
namespace {

constexpr Uint32 read_at_once = 4096;  // bytes; values longer than this stay on disk

// PS3.10 7.1: 128 bytes of preamble, then "DICM". DCMTK would guess where they are missing, and take any
// text file for a data set.
bool has_part10_prefix(const std::filesystem::path& path) {
    std::array<char, 132> head{};
    std::ifstream stream(path, std::ios::binary);
    stream.read(head.data(), head.size());
    return stream && std::string_view(head.data() + 128, 4) == "DICM";
}

}  // namespace

File::File(std::unique_ptr<DcmFileFormat> format, std::string transfer_syntax)
    : format_(std::move(format)), transfer_syntax_(std::move(transfer_syntax)) {}
File::File(File&&) noexcept = default;
File& File::operator=(File&&) noexcept = default;
File::~File() = default;

DcmDataset& File::dataset() {
    return *format_->getDataset();
}

Result<File> File::open(const std::filesystem::path& path) {
    if (!has_part10_prefix(path)) return fail("not a DICOM file (no DICM prefix)");
    auto format = std::make_unique<DcmFileFormat>();
    const auto loaded = format->loadFile(path.c_str(), EXS_Unknown, EGL_noChange, read_at_once, ERM_fileOnly);
    if (const auto good = check(loaded, "damaged or truncated DICOM file"); !good)
        return std::unexpected(good.error());
    auto syntax = uid(*format->getMetaInfo(), DCM_TransferSyntaxUID);
    if (!syntax) return fail("no transfer syntax in the file's meta information");
    return File(std::move(format), std::move(*syntax));
}

}  // namespace calcinode::dicom
