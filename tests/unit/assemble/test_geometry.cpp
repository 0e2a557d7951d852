// The same body gives the same attenuation at the same place in the patient, however it was acquired.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "assemble/assemble.hpp"
#include "assemble/completeness.hpp"
#include "assemble/studies.hpp"
#include "support/ct_writer.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using test::only_study;
using test::slanted_body;

namespace {

test::CtSlice sized(int columns, int rows) {
    test::CtSlice slice;
    slice.columns = columns;
    slice.rows = rows;
    slice.column_spacing = 0.75;
    slice.row_spacing = 1.25;
    return slice;
}

const assemble::SelectedVolume& selected(const assemble::AssembledStudy& study) {
    REQUIRE_MESSAGE(study.selected, study.selected.error().code << ": " << study.selected.error().text);
    return *study.selected;
}

void check_every_voxel(const assemble::SelectedVolume& selected, double tolerance_hu = 0.51) {
    const auto& [volume, source, remarks] = selected;
    const auto& grid = volume.grid;
    double worst = 0, farthest = 0;
    for (int k = 0; k < grid.size[2]; ++k)
        for (int j = 0; j < grid.size[1]; ++j)
            for (int i = 0; i < grid.size[0]; ++i) {
                const auto p = grid.to_lps(i, j, k);
                const double expected = std::max(-1024.0, slanted_body(p));
                worst = std::max(worst, std::abs(volume.at({i, j, k}) - expected));
                // And the source says the same of where the voxel came from.
                const auto [column, row, slice] = source.to_source(i, j, k);
                const auto& o = source.orientation;
                const auto from = source.slices.at(static_cast<std::size_t>(slice)).position +
                                  Vec3{o[0], o[1], o[2]} * (column * source.column_spacing_mm) +
                                  Vec3{o[3], o[4], o[5]} * (row * source.row_spacing_mm);
                farthest = std::max(farthest, distance(p, from));
            }
    CHECK(worst <= tolerance_hu);  // rounding to whole HU
    CHECK(farthest < 1e-3);
    for (std::size_t a = 0; a < 3; ++a) {
        const auto axis = grid.axis[a];
        CHECK((a == 0 ? axis.x : a == 1 ? axis.y : axis.z) > 0.7);
    }
    CHECK(dot(cross(grid.axis[0], grid.axis[1]), grid.axis[2]) == doctest::Approx(1));
}

}  // namespace

TEST_CASE("every way to lie in the scanner gives the same patient coordinates") {
    struct Acquisition {
        const char* name;
        Vec3 row, column, step;
        std::array<int, 3> size;  // of the canonical volume
    };
    const double s = std::sin(0.2), c = std::cos(0.2);
    const Acquisition acquisitions[] = {
        {"axial, head first supine, upward", {1, 0, 0}, {0, 1, 0}, {0, 0, 2}, {12, 14, 20}},
        {"axial, head first supine, downward", {1, 0, 0}, {0, 1, 0}, {0, 0, -2}, {12, 14, 20}},
        {"axial, prone", {-1, 0, 0}, {0, -1, 0}, {0, 0, 2}, {12, 14, 20}},
        {"axial, seen from the head", {-1, 0, 0}, {0, 1, 0}, {0, 0, 2}, {12, 14, 20}},
        {"axial, patient on the side", {0, 1, 0}, {-1, 0, 0}, {0, 0, 2}, {14, 12, 20}},
        {"sagittal", {0, 1, 0}, {0, 0, -1}, {2, 0, 0}, {20, 12, 14}},
        {"sagittal, from the other side", {0, -1, 0}, {0, 0, -1}, {2, 0, 0}, {20, 12, 14}},
        {"coronal", {1, 0, 0}, {0, 0, -1}, {0, 2, 0}, {12, 20, 14}},
        {"axial, head turned", {c, s, 0}, {-s, c, 0}, {0, 0, 2}, {12, 14, 20}},
        {"axial, angled without tilt", {1, 0, 0}, {0, c, s}, {0, -2 * s, 2 * c}, {12, 14, 20}},
    };
    for (const auto& a : acquisitions) {
        CAPTURE(a.name);
        auto first = sized(12, 14);
        first.row = a.row;
        first.column = a.column;
        first.position = {10, -20, 30};
        const auto study = only_study(test::slices(first, a.step, 20, slanted_body));
        CHECK(selected(study).volume.grid.size == a.size);
        check_every_voxel(selected(study));
    }
}

TEST_CASE("neither file order nor instance numbers matter") {
    auto made = test::slices(sized(8, 10), {0, 0, 2}, 20, slanted_body);
    const auto in_order = only_study(made);
    for (auto& slice : made) slice.instance_number = 1 + (slice.instance_number * 7) % 20;
    const auto shuffled = only_study(made, true);
    CHECK(selected(in_order).volume.hu == selected(shuffled).volume.hu);
    CHECK(selected(in_order).volume.grid.origin == selected(shuffled).volume.grid.origin);
    check_every_voxel(selected(shuffled));
}

TEST_CASE("positions rounded by the scanner don't make a stack irregular") {
    auto made = test::slices(sized(8, 8), {0, 0, 0.625}, 80, slanted_body);
    for (auto& slice : made) slice.position.z = std::round(slice.position.z * 10) / 10;
    const auto study = only_study(made);
    CHECK(selected(study).volume.grid.spacing_mm[2] == doctest::Approx(0.625).epsilon(0.002));
}

TEST_CASE("one missing slice is filled between its neighbours, and said so") {
    auto made = test::slices(sized(8, 8), {0, 0, 1.5}, 40, slanted_body);
    made.erase(made.begin() + 11);
    const auto study = only_study(made);
    check_every_voxel(selected(study), 1.01);  // the body is linear, so is the interpolation
    CHECK(selected(study).volume.grid.size[2] == 40);
    REQUIRE(selected(study).remarks.size() == 1);
    CHECK(selected(study).remarks[0] ==
          "1 of 40 slices are missing, the largest gap is 3.00 mm; filled by linear interpolation");
    CHECK(selected(study).source.slices.size() == 40);

    const test::TempFolder folder;
    const auto gaps = assemble::look_for_gaps(test::write_all(made, folder.path()));
    CHECK(gaps.anything_to_analyse);
    CHECK(gaps.missing_slices == 1);
    CHECK(gaps.gap == "series 1: 1 of 40 slices are missing");
}

TEST_CASE("too many missing slices, or too wide a gap, are refused") {
    auto made = test::slices(sized(8, 8), {0, 0, 1.5}, 60, slanted_body);
    auto scattered = made;
    for (const int n : {40, 30, 20, 10}) scattered.erase(scattered.begin() + n);
    CHECK(only_study(scattered).selected.error().code == "missing_slices");
    auto wide = made;
    wide.erase(wide.begin() + 20, wide.begin() + 23);
    const auto study = only_study(wide);
    CHECK(study.selected.error().text == "series 1: 3 of 60 slices are missing, the largest gap is 6.00 mm");
    const test::TempFolder folder;
    CHECK(assemble::look_for_gaps(test::write_all(wide, folder.path())).missing_slices == 3);
}

TEST_CASE("of slices at the same positions each is used once") {
    auto made = test::slices(sized(8, 8), {0, 0, 2}, 20, slanted_body);
    auto again = made;
    for (auto& slice : again) slice.instance_number += 100;
    made.insert(made.end(), again.begin(), again.begin() + 3);
    const auto study = only_study(made, true);
    check_every_voxel(selected(study));
    CHECK(selected(study).remarks.at(0).find("3 slice positions occur more than once") == 0);
}

TEST_CASE("of the phases of an examination the first is used, whole and unmixed") {
    auto first = sized(8, 8);
    first.also[DCM_AcquisitionNumber] = "2";
    auto made = test::slices(first, {0, 0, 2}, 20, slanted_body);
    auto later = first;
    later.also[DCM_AcquisitionNumber] = "3";
    later.instance_number = 101;
    for (auto& slice : test::slices(later, {0, 0, 2}, 20, [](LpsPoint p) { return slanted_body(p) + 100; }))
        made.push_back(slice);
    const auto study = only_study(made, true);
    check_every_voxel(selected(study));
    CHECK(selected(study).volume.grid.size[2] == 20);
    CHECK(selected(study).remarks.size() == 1);
}

TEST_CASE("slices of another orientation in the series are left out") {
    auto made = test::slices(sized(8, 8), {0, 0, 2}, 20, slanted_body);
    auto sagittal = sized(8, 8);
    sagittal.row = {0, 1, 0};
    sagittal.column = {0, 0, -1};
    sagittal.instance_number = 500;
    for (auto& slice : test::slices(sagittal, {2, 0, 0}, 3, slanted_body)) made.push_back(slice);
    const auto study = only_study(made);
    check_every_voxel(selected(study));
    CHECK(selected(study).remarks.at(0).starts_with("3 slices of another orientation"));
}
