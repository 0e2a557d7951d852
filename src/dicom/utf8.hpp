// Texts of a dataset as UTF-8, whatever its Specific Character Set is. Only folders that see DCMTK include
// this.
#pragma once

#include <dcmtk/config/osconfig.h>
// after osconfig.h, as DCMTK asks
#include <dcmtk/dcmdata/dcdatset.h>

#include <span>
#include <string>
#include <string_view>

namespace calcinode::dicom {

// A dataset of the `wanted` attributes only (Specific Character Set among them), as UTF-8 where its character
// set is known and can be converted; as it is otherwise.
DcmDataset utf8_copy(DcmItem& source, std::span<const DcmTagKey> wanted);

// Text that could not be converted: what an escape sequence switches to another set is one byte that is no
// character (0xFF), up to the escape that returns to ASCII (PS3.5 6.1.2.5).
std::string without_escaped(std::string_view text);

}  // namespace calcinode::dicom
