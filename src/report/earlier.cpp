#include "report/earlier.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcdeftag.h>

#include "dicom/attributes.hpp"
#include "dicom/file.hpp"

namespace calcinode::report {

Result<EarlierObject> read_earlier(const std::filesystem::path& path) {
    auto file = dicom::File::open(path);
    if (!file) return std::unexpected(file.error());
    const auto sop_class = dicom::uid(file->dataset(), DCM_SOPClassUID);
    const auto series = dicom::uid(file->dataset(), DCM_SeriesInstanceUID);
    const auto instance = dicom::uid(file->dataset(), DCM_SOPInstanceUID);
    if (!sop_class || !series || !instance) return fail(path.string() + " is no object of ours");
    return EarlierObject{*sop_class, *series, *instance};
}

}  // namespace calcinode::report
