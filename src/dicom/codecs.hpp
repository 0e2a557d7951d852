// DCMTK keeps its decoders in a list of the whole process; this is the only code that touches it.
#pragma once

namespace calcinode::dicom {

// Makes the JPEG and JPEG-LS decoders known, once for the process however often and from whatever
// thread it is called; they are taken away again when the process ends. JPEG 2000 and RLE are not among
// them: see jpeg2000.hpp and rle.hpp.
void register_decoders();

}  // namespace calcinode::dicom
