#include "dicom/dcmtk_log.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/oflog/oflog.h>

namespace calcinode::dicom {

void silence_dcmtk() {
    [[maybe_unused]] static const bool done = [] {
        for (const char* name : {"dcmtk.dcmdata", "dcmtk.dcmimgle", "dcmtk.dcmjpeg", "dcmtk.dcmjpls"})
            OFLog::getLogger(name).setLogLevel(OFLogger::OFF_LOG_LEVEL);
        return true;
    }();
}

}  // namespace calcinode::dicom
