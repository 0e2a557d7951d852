// DCMTK writes to a log of its own, a global of the process.
#pragma once

namespace calcinode::dicom {

// Turns it off for what reads files and decodes pixels, once for the process. What went wrong comes back as
// an Error anyway, while DCMTK's lines can hold attribute values (our logs know no patients) and a damaged
// series writes thousands of them.
void silence_dcmtk();

}  // namespace calcinode::dicom
