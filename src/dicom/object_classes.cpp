#include "dicom/object_classes.hpp"

#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmdata/dcuid.h>

namespace calcinode::dicom {

std::vector<std::string> object_classes(std::string_view kind) {
    if (kind == "sr") return {UID_EnhancedSRStorage};
    if (kind == "seg") return {UID_SegmentationStorage};
    if (kind == "ko") return {UID_KeyObjectSelectionDocumentStorage};
    return {UID_SecondaryCaptureImageStorage, UID_MultiframeTrueColorSecondaryCaptureImageStorage};
}

}  // namespace calcinode::dicom
