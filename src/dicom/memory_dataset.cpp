#include "dicom/memory_dataset.hpp"

#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmdata/dcdatset.h>
#include <dcmtk/dcmdata/dcistrmb.h>

#include "dicom/condition.hpp"
#include "dicom/structure.hpp"

namespace calcinode::dicom {

Result<> read_dataset(std::span<const std::byte> bytes, const std::string& transfer_syntax_uid,
                      DcmDataset& into) {
    if (auto sound = check_structure(bytes, transfer_syntax_uid); !sound) return sound;
    DcmInputBufferStream stream;
    stream.setBuffer(bytes.data(), static_cast<offile_off_t>(bytes.size()));
    stream.setEos();
    into.transferInit();
    const auto read =
        check(into.read(stream, DcmXfer(transfer_syntax_uid.c_str()).getXfer()), "the data set is malformed");
    into.transferEnd();
    return read;
}

}  // namespace calcinode::dicom
