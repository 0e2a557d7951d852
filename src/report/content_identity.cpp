#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <span>
#include <sstream>

#include "base/sha256.hpp"
#include "report/source_header.hpp"

namespace calcinode::report {

std::string content_identity(const Volume& volume, const SeriesSource& source) {
    Sha256 hash;
    hash.update(std::as_bytes(std::span(volume.hu)));
    // A header that can't be read is told when the objects are written.
    if (const auto header = SourceHeader::read(source)) {
        DcmDataset taken_over;
        header->copy_patient_and_study(taken_over);
        std::ostringstream text;
        taken_over.print(text);
        hash.update(text.str());
    }
    return hex(hash.finish());
}

}  // namespace calcinode::report
