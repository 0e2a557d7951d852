#include "dicom/file.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include "dicom/attributes.hpp"
#include "dicom/condition.hpp"
#include "dicom/dcmtk_log.hpp"
#include "dicom/structure.hpp"

namespace calcinode::dicom {
namespace {

constexpr Uint32 read_at_once = 4096;  // bytes; values longer than this stay on disk

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
    if (auto sound = check_structure(path); !sound) return std::unexpected(sound.error());
    silence_dcmtk();
    auto format = std::make_unique<DcmFileFormat>();
    const auto loaded = format->loadFile(path.c_str(), EXS_Unknown, EGL_noChange, read_at_once, ERM_fileOnly);
    if (const auto good = check(loaded, "damaged or truncated DICOM file"); !good)
        return std::unexpected(good.error());
    auto syntax = uid(*format->getMetaInfo(), DCM_TransferSyntaxUID);
    if (!syntax) return fail("no transfer syntax in the file's meta information");
    return File(std::move(format), std::move(*syntax));
}

}  // namespace calcinode::dicom
