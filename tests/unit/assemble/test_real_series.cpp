// Real series from scanners, whole and troublesome.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "assemble/assemble.hpp"
#include "assemble/completeness.hpp"

namespace fs = std::filesystem;
using namespace calcinode;

namespace {

// Empty, with a loud message, where there is no real data.
std::vector<fs::path> real_files(const char* below) {
    const char* root = std::getenv("CALCINODE_CT");
    std::vector<fs::path> files;
    if (!root || !fs::is_directory(fs::path(root) / below)) {
        MESSAGE("SKIPPED: needs real CT data, set CALCINODE_CT");
        return files;
    }
    for (const auto& entry : fs::directory_iterator(fs::path(root) / below)) files.push_back(entry.path());
    return files;
}

}  // namespace

TEST_CASE("a real chest of 275 JPEG-LS slices becomes one volume") {
    const auto files = real_files("lidc-0314-chest/dicom");
    if (files.empty()) return;
    const auto assembly = assemble::assemble(files);
    CHECK(assembly.unreadable.empty());
    REQUIRE(assembly.studies.size() == 1);
    const auto& study = assembly.studies[0];
    REQUIRE_MESSAGE(study.selected, study.selected.error().text);
    const auto& [volume, source, remarks] = *study.selected;
    CHECK(volume.grid.size == std::array<int, 3>{512, 512, 275});
    CHECK(volume.grid.spacing_mm[0] == doctest::Approx(0.78125));
    CHECK(volume.grid.spacing_mm[1] == doctest::Approx(0.78125));
    CHECK(volume.grid.spacing_mm[2] == doctest::Approx(1.0));
    CHECK(source.slices.size() == 275);
    CHECK(source.slices.front().position.z == doctest::Approx(-679.8).epsilon(1e-6));
    CHECK(volume.grid.origin == source.slices.front().position);
    // Patient in the middle, air around: the mean of the very centre is a body's, a corner is air.
    CHECK(volume.at({0, 0, 137}) < -900);
    CHECK(study.series.at(0).selected);
    // This de-identification gave every slice its own Frame of Reference UID.
    REQUIRE(remarks.size() == 1);
    CHECK(remarks[0].find("Frame of Reference") != std::string::npos);
}

TEST_CASE("a head with gantry tilt and changing gaps is refused, and says by how much") {
    const auto files = real_files("encodings/gantry-tilt-ge");
    if (files.empty()) return;
    const auto assembly = assemble::assemble(files);
    REQUIRE(assembly.studies.size() == 1);
    REQUIRE_FALSE(assembly.studies[0].selected);
    const auto& unfit = assembly.studies[0].selected.error();
    CHECK(unfit.code == "gantry_tilt");
    CHECK(unfit.text.find("18.5 degrees") != std::string::npos);
    CHECK(unfit.text.find("from 1.08 mm to 7.00 mm") != std::string::npos);
    CHECK_FALSE(assemble::look_for_gaps(files).anything_to_analyse);
}

TEST_CASE("derived multi-frame images are never analysed") {
    const auto files = real_files("encodings/multiframe");
    if (files.empty()) return;
    for (const auto& study : assemble::assemble(files).studies) CHECK_FALSE(study.selected);
}
