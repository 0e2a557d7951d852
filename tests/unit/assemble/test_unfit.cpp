// What can't be analysed, with the reason that the administrator reads; and the choice among several series.
#include <doctest/doctest.h>

#include <fstream>

#include "assemble/assemble.hpp"
#include "assemble/studies.hpp"
#include "dicom/own_objects.hpp"
#include "support/ct_writer.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using test::only_study;
namespace fs = std::filesystem;

namespace {

constexpr Vec3 two_mm_up{0, 0, 2};

double soft_tissue(LpsPoint) {
    return 40;
}

std::vector<test::CtSlice> series(const test::CtSlice& first, int count = 20, Vec3 step = two_mm_up) {
    return test::slices(first, step, count, soft_tissue);
}

test::CtSlice of_series(int number) {
    test::CtSlice slice;
    slice.series_number = number;
    slice.series_uid = slice.study_uid + "." + std::to_string(number);
    return slice;
}

std::string unfit_code(const std::vector<test::CtSlice>& made) {
    const auto study = only_study(made);
    if (study.selected) return "";
    CHECK_FALSE(study.selected.error().text.empty());
    CHECK(study.series.at(0).reason.size() > 5);
    return study.selected.error().code;
}

std::string code_with(const DcmTagKey& tag, const std::string& value) {
    test::CtSlice slice;
    slice.also[tag] = value;
    return unfit_code(series(slice));
}

std::string code_without(const DcmTagKey& tag) {
    test::CtSlice slice;
    slice.without.push_back(tag);
    return unfit_code(series(slice));
}

std::vector<test::CtSlice> joined(std::vector<test::CtSlice> a, const std::vector<test::CtSlice>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

int selected_series(const std::vector<test::CtSlice>& made) {
    const auto study = only_study(made);
    REQUIRE_MESSAGE(study.selected, study.selected.error().text);
    int selected = 0;
    for (const auto& s : study.series) {
        selected += s.selected;
        CHECK_FALSE(s.reason.empty());
        CHECK(s.selected == (s.uid == study.selected->source.series_uid));
    }
    CHECK(selected == 1);
    return study.selected->source.series_number;
}

}  // namespace

TEST_CASE("a plain series is fit, else the cases below prove nothing") {
    CHECK(unfit_code(series({})) == "");
}

TEST_CASE("images that are no original CT slices in HU are refused") {
    CHECK(code_with(DCM_ImageType, "ORIGINAL\\PRIMARY\\LOCALIZER") == "localizer");
    CHECK(code_with(DCM_ImageType, "DERIVED\\SECONDARY\\REFORMATTED\\AVERAGE") == "derived");
    CHECK(code_with(DCM_ImageType, "DERIVED\\PRIMARY\\AXIAL") == "derived");
    CHECK(code_with(DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL\\MIP") == "derived");
    CHECK(code_with(DCM_Modality, "MR") == "not_ct");
    CHECK(code_with(DCM_SOPClassUID, UID_SecondaryCaptureImageStorage) == "not_ct");
    CHECK(code_with(DCM_RescaleType, "US") == "not_hounsfield");
    CHECK(code_without(DCM_RescaleIntercept) == "not_hounsfield");
    CHECK(code_with(DCM_RescaleSlope, "nan") == "not_hounsfield");
    CHECK(code_with(DCM_PhotometricInterpretation, "RGB") == "colour_images");
    CHECK(code_with(DCM_BitsStored, "8") == "eight_bit");
}

TEST_CASE("an image called derived for its lossy compression only is analysed") {
    test::CtSlice slice;
    slice.image_type = "DERIVED\\PRIMARY\\AXIAL";
    slice.also[DCM_LossyImageCompression] = "01";
    CHECK(unfit_code(series(slice)) == "");
}

TEST_CASE("what this software made is never analysed") {
    test::CtSlice slice;
    slice.also[DCM_Manufacturer] = std::string(our_manufacturer);
    slice.also[DCM_ManufacturerModelName] = std::string(our_model);
    CHECK(unfit_code(series(slice)) == "own_result");
}

TEST_CASE("missing and absurd geometry is refused") {
    CHECK(code_without(DCM_ImagePositionPatient) == "no_geometry");
    CHECK(code_with(DCM_ImagePositionPatient, "nan\\0\\0") == "no_geometry");
    CHECK(code_with(DCM_ImagePositionPatient, "1e30\\0\\0") == "no_geometry");
    CHECK(code_with(DCM_ImageOrientationPatient, "1\\0\\0\\1\\0\\0") == "no_geometry");
    CHECK(code_with(DCM_ImageOrientationPatient, "0\\0\\0\\0\\0\\0") == "no_geometry");
    CHECK(code_without(DCM_PixelSpacing) == "pixel_spacing");
    CHECK(code_with(DCM_PixelSpacing, "0\\0") == "pixel_spacing");
    CHECK(code_with(DCM_PixelSpacing, "-0.5\\0.5") == "pixel_spacing");
    CHECK(code_with(DCM_PixelSpacing, "500\\500") == "pixel_spacing");
}

TEST_CASE("stacks that don't show a spine's geometry are refused") {
    CHECK(unfit_code(series({}, 5)) == "too_few_slices");
    CHECK(unfit_code(series({}, 1)) == "too_few_slices");
    CHECK(unfit_code(series({}, 20, {0, 0, 0.5})) == "too_few_slices");
    CHECK(unfit_code(series({}, 20, {0, 0, 8})) == "slices_too_thick");
    CHECK(unfit_code(series({}, 20, {0, 0.7, 2})) == "gantry_tilt");
    test::CtSlice thick;
    thick.thickness = 7;
    CHECK(unfit_code(series(thick)) == "slices_too_thick");
    auto uneven = series({}, 40);
    for (std::size_t n = 20; n < 40; ++n) uneven[n].position.z = 38 + 3.1 * (static_cast<double>(n) - 19);
    CHECK(unfit_code(uneven) == "irregular_spacing");
    test::CtSlice oblique;
    oblique.column = {0, 0.6, 0.8};
    oblique.row = {0.6, -0.64, 0.48};
    oblique.position = {0, 0, 0};
    const auto normal = cross(oblique.row, oblique.column);
    CHECK(unfit_code(series(oblique, 20, normal * 2)) != "gantry_tilt");
}

TEST_CASE("one slice whose pixels can't be read fails the study") {
    auto made = series({});
    made[7].also[DCM_Rows] = "4000";  // of the same series, but what is there is far too little
    made[7].also[DCM_Columns] = "4000";
    CHECK(unfit_code(made) == "unreadable_pixels");
    CHECK(code_with(DCM_Rows, "65535") == "unreadable_pixels");
    CHECK(code_without(DCM_PixelData) == "unreadable_pixels");
}

TEST_CASE("files that can't be read are named and don't spoil the study") {
    const test::TempFolder folder;
    auto files = test::write_all(series({}, 30), folder.path());
    std::ofstream(folder / "readme.txt") << "no image";
    files.push_back(folder / "readme.txt");
    fs::resize_file(files[29], fs::file_size(files[29]) / 2);
    const auto assembly = assemble::assemble(files);
    REQUIRE(assembly.unreadable.size() == 2);
    REQUIRE(assembly.studies.size() == 1);
    CHECK(assembly.studies[0].selected);
    CHECK(assembly.studies[0].series.at(0).slices == 29);
    CHECK(assemble::assemble({}).studies.empty());
}

TEST_CASE("the thin original axial series is chosen, for its geometry and not its name") {
    auto localizer = of_series(1);
    localizer.image_type = "ORIGINAL\\PRIMARY\\LOCALIZER";
    auto thick = of_series(2);
    thick.thickness = 5;
    auto thin = of_series(3);
    thin.thickness = 1;
    thin.also[DCM_SeriesDescription] = "SCOUT";
    auto reformat = of_series(4);
    reformat.image_type = "DERIVED\\SECONDARY\\REFORMATTED";
    reformat.thickness = 0.5;
    auto made = joined(joined(series(localizer, 2), series(thick, 20, {0, 0, 5})),
                       joined(series(thin, 101, {0, 0, 1}), series(reformat, 300, {0, 0, 0.5})));
    CHECK(selected_series(made) == 3);
}

TEST_CASE("a long series wins over a thin one of a small part") {
    auto ear = of_series(1), neck = of_series(2);
    ear.thickness = 0.6;
    CHECK(selected_series(joined(series(ear, 60, {0, 0, 0.6}), series(neck, 100))) == 2);
}

TEST_CASE("of equal series the one with a soft kernel is chosen") {
    auto sharp = of_series(1), soft = of_series(2);
    for (const auto& [edge, plain] : {std::pair("BONE", "STANDARD"),
                                      {"B70f", "B30f"},
                                      {"Br64d\\3", "Br40d\\3"},
                                      {"FC52", "FC08"},
                                      {"YC", "B"},
                                      {"LUNG", "A"}}) {
        CAPTURE(edge);
        sharp.also[DCM_ConvolutionKernel] = edge;
        soft.also[DCM_ConvolutionKernel] = plain;
        CHECK(selected_series(joined(series(sharp), series(soft))) == 2);
    }
}

TEST_CASE("two studies among the files stay apart") {
    test::CtSlice other;
    other.study_uid = "1.2.3";
    other.series_uid = "1.2.3.1";
    const test::TempFolder folder;
    const auto assembly =
        assemble::assemble(test::write_all(joined(series({}), series(other)), folder.path()));
    REQUIRE(assembly.studies.size() == 2);
    CHECK(assembly.studies[0].selected);
    CHECK(assembly.studies[1].selected);
    CHECK(assembly.studies[0].study_uid < assembly.studies[1].study_uid);
}

TEST_CASE("a series that needs more memory than is allowed is not loaded, and the reason has both numbers") {
    const test::TempFolder folder;
    const auto files = test::write_all(series({}), folder.path());
    const auto study_within = [&](std::uint64_t bytes) {
        return std::move(assemble::assemble(files, bytes).studies.at(0));
    };
    CHECK(study_within(80ULL << 20).selected);
    const auto study = study_within(40ULL << 20);
    REQUIRE_FALSE(study.selected);
    CHECK(study.selected.error().code == "not_enough_memory");
    CHECK(study.selected.error().text.find("20 slices of ") == 0);
    CHECK(study.selected.error().text.find("need about 64 MiB of memory, and 40 MiB are allowed") !=
          std::string::npos);
    CHECK(study.series.at(0).selected);  // it is the one to analyse: no smaller one is taken instead
}
