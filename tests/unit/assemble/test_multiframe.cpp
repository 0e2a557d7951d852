// Multi-frame CT: the same volume as from single-frame files.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcrleerg.h>
#include <dcmtk/dcmdata/dcrlerp.h>
#include <doctest/doctest.h>

#include "assemble/assemble.hpp"
#include "assemble/studies.hpp"
#include "support/ct_writer.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;
using test::slanted_body;

namespace {

// Rescale of the even and of the odd frames, so that only one who looks at each frame's own gets it right.
double intercept(std::size_t frame) {
    return frame % 2 == 0 ? -1024 : 100;
}

DcmItem& macro(DcmItem& item, const DcmTagKey& sequence) {
    DcmItem* made = nullptr;
    test::must(item.findOrCreateSequenceItem(sequence, made, 0));
    return *made;
}

void put(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
    test::must(item.putAndInsertString(tag, value.c_str()));
}

// An enhanced object of the slices, whose frames stand in the order given.
void write_multiframe(const std::vector<test::CtSlice>& frames, const char* sop_class,
                      const std::filesystem::path& path, bool compressed) {
    auto top = frames.front();
    top.sop_class_uid = sop_class;
    top.without = {DCM_ImagePositionPatient, DCM_ImageOrientationPatient,
                   DCM_PixelSpacing,         DCM_SliceThickness,
                   DCM_RescaleSlope,         DCM_RescaleIntercept};
    test::write_slice(top, path);
    DcmFileFormat file;
    test::must(file.loadFile(path.c_str()));
    test::must(file.loadAllDataIntoMemory());
    DcmDataset& d = *file.getDataset();
    put(d, DCM_NumberOfFrames, std::to_string(frames.size()));
    auto& shared = macro(d, DCM_SharedFunctionalGroupsSequence);
    put(macro(shared, DCM_PlaneOrientationSequence), DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
    auto& measures = macro(shared, DCM_PixelMeasuresSequence);
    put(measures, DCM_PixelSpacing, "1\\1");
    put(measures, DCM_SliceThickness, "2");
    std::vector<Uint16> words;
    for (std::size_t n = 0; n < frames.size(); ++n) {
        auto frame = frames[n];
        frame.intercept = intercept(n);
        test::fill(frame, slanted_body);
        words.insert(words.end(), frame.words.begin(), frame.words.end());
        DcmItem* own = nullptr;
        test::must(d.findOrCreateSequenceItem(DCM_PerFrameFunctionalGroupsSequence, own, -2));
        const auto& p = frame.position;
        put(macro(*own, DCM_PlanePositionSequence), DCM_ImagePositionPatient,
            test::decimal(p.x) + "\\" + test::decimal(p.y) + "\\" + test::decimal(p.z));
        auto& transformation = macro(*own, DCM_PixelValueTransformationSequence);
        put(transformation, DCM_RescaleSlope, "1");
        put(transformation, DCM_RescaleIntercept, test::decimal(frame.intercept));
        put(transformation, DCM_RescaleType, "HU");
        put(macro(*own, DCM_CTImageFrameTypeSequence), DCM_FrameType, "ORIGINAL\\PRIMARY\\VOLUME\\NONE");
    }
    test::must(d.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size()));
    const auto syntax = compressed ? EXS_RLELossless : EXS_LittleEndianExplicit;
    if (compressed) {
        DcmRLEEncoderRegistration::registerCodecs();
        const DcmRLERepresentationParameter parameter;
        test::must(d.chooseRepresentation(syntax, &parameter));
    }
    test::must(file.saveFile(path.c_str(), syntax));
}

}  // namespace

TEST_CASE("enhanced and legacy converted CT give the volume of their frames, in any frame order") {
    auto frames = test::slices({}, {0, 0, 2}, 150, slanted_body);
    std::swap(frames[3], frames[140]);  // frames need not be in the order of their positions
    for (const auto* sop_class : {UID_EnhancedCTImageStorage, UID_LegacyConvertedEnhancedCTImageStorage})
        for (const bool compressed : {false, true}) {
            CAPTURE(compressed);
            const test::TempFolder folder;
            write_multiframe(frames, sop_class, folder / "multi", compressed);
            const auto assembly = assemble::assemble({folder / "multi"});
            REQUIRE(assembly.unreadable.empty());
            REQUIRE(assembly.studies.size() == 1);
            const auto& selected = assembly.studies[0].selected;
            REQUIRE_MESSAGE(selected, selected.error().text);
            const auto& [volume, source, remarks] = *selected;
            REQUIRE(volume.grid.size == std::array<int, 3>{16, 16, 150});
            double worst = 0;
            for (int k = 0; k < 150; ++k)
                for (int j = 0; j < 16; ++j)
                    for (int i = 0; i < 16; ++i)
                        worst = std::max(worst, std::abs(volume.at({i, j, k}) -
                                                         slanted_body(volume.grid.to_lps(i, j, k))));
            CHECK(worst == 0);
            CHECK(source.slices[3].frame == 141);
            CHECK(source.slices[140].frame == 4);
            CHECK(source.slices[0].sop_instance_uid == source.slices[149].sop_instance_uid);
        }
}

TEST_CASE("a multi-frame object with fewer descriptions than frames is unreadable") {
    const test::TempFolder folder;
    write_multiframe(test::slices({}, {0, 0, 2}, 20, slanted_body), UID_EnhancedCTImageStorage,
                     folder / "multi", false);
    DcmFileFormat file;
    test::must(file.loadFile((folder / "multi").c_str()));
    put(*file.getDataset(), DCM_NumberOfFrames, "21");
    test::must(file.saveFile((folder / "claims").c_str()));
    const auto assembly = assemble::assemble({folder / "claims"});
    REQUIRE(assembly.unreadable.size() == 1);
    CHECK(assembly.unreadable[0].reason == "multi-frame object says it has 21 frames but describes 20");
}
