// An image plane on its way into a volume.
#pragma once

#include <string>
#include <vector>

#include "dicom/image_header.hpp"

namespace calcinode::assemble {

// Frame `frame` (from 0) of an image. The header outlives the plane.
struct Plane {
    const dicom::ImageHeader* image = nullptr;
    int frame = 0;

    const dicom::FrameHeader& header() const { return image->frames[static_cast<std::size_t>(frame)]; }
};

// An order that depends on nothing but what the planes are: instance number, then UID, then frame.
bool comes_before(const Plane& a, const Plane& b);

}  // namespace calcinode::assemble
