// The deposits as a binary DICOM Segmentation (PS3.3 A.51) on the planes of the source images: one segment
// for each deposit, numbered as the deposits are listed, and a last one of all deposits together. Each frame
// is a whole source plane; planes that a segment does not reach have no frame.
//
// Written by hand and not with DCMTK's DcmSegmentation: that keeps the source's patient attributes byte for
// byte, and sets the bits straight in the pixel data, so that memory is that of the result.
#pragma once

#include <memory>

#include "report/source_header.hpp"

namespace calcinode::report {

// The segment that holds all deposits.
inline int total_segment_number(const Findings& findings) {
    return static_cast<int>(findings.deposits.size()) + 1;
}

Result<std::unique_ptr<DcmDataset>> make_segmentation(const ReportContext& context);

}  // namespace calcinode::report
