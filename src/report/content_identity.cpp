#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cmath>
#include <span>
#include <sstream>

#include "base/sha256.hpp"
#include "report/source_header.hpp"

namespace calcinode::report {
namespace {

// Micrometres, and millionths of a unit vector: what a rounding in the last place makes is no other place.
std::string geometry_text(const Grid& grid) {
    std::ostringstream text;
    const auto put = [&](double value) { text << std::llround(value * 1e3) << ' '; };
    for (const int count : grid.size) text << count << ' ';
    for (const double spacing : grid.spacing_mm) put(spacing);
    for (const auto& axis : grid.axis)
        for (const double part : {axis.x, axis.y, axis.z}) put(part * 1e3);
    for (const double part : {grid.origin.x, grid.origin.y, grid.origin.z}) put(part);
    return text.str();
}

}  // namespace

std::string content_identity(const Volume& volume, const SeriesSource& source) {
    Sha256 hash;
    hash.update(std::as_bytes(std::span(volume.hu)));
    hash.update(geometry_text(volume.grid));
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
