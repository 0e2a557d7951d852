#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmseg/segdoc.h>
#include <dcmtk/dcmseg/segment.h>
#include <dcmtk/dcmseg/segutils.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

#include "base/uid.hpp"
#include "report/synthetic_study.hpp"

using namespace calcinode;
using namespace calcinode::report;
using namespace calcinode::report::test;

namespace {

// The voxels of each segment, found again from nothing but the file: bits, positions, orientation, spacing.
class ReadBack {
  public:
    explicit ReadBack(const std::filesystem::path& file) {
        REQUIRE(format_.loadFile(file.c_str()).good());
        auto& dataset = *format_.getDataset();
        Uint16 rows = 0, columns = 0;
        REQUIRE(dataset.findAndGetUint16(DCM_Rows, rows).good());
        REQUIRE(dataset.findAndGetUint16(DCM_Columns, columns).good());
        const Uint8* bits = nullptr;
        unsigned long length = 0;
        REQUIRE(dataset.findAndGetUint8Array(DCM_PixelData, bits, &length).good());
        Sint32 count = 0;
        dataset.findAndGetSint32(DCM_NumberOfFrames, count);
        frames = count;
        REQUIRE(length == (static_cast<unsigned long>(count) * rows * columns + 15) / 16 * 2);
        for (Sint32 f = 0; f < count; ++f) read_frame(f, rows, columns, bits);
    }

    std::map<int, std::set<std::tuple<int, int, int>>> voxels(const Grid& grid) const {
        std::map<int, std::set<std::tuple<int, int, int>>> found;
        for (const auto& [segment, point] : points_) {
            const Vec3 index = grid.to_index(point);
            found[segment].emplace(static_cast<int>(std::lround(index.x)),
                                   static_cast<int>(std::lround(index.y)),
                                   static_cast<int>(std::lround(index.z)));
            CHECK(std::abs(index.x - std::round(index.x)) < 0.01);
        }
        return found;
    }

    int frames = 0, empty_frames = 0;
    DcmItem& frame_group(int frame) {
        DcmItem* item = nullptr;
        format_.getDataset()->findAndGetSequenceItem(DCM_PerFrameFunctionalGroupsSequence, item, frame);
        return *item;
    }

  private:
    static double number(DcmItem& item, const DcmTagKey& tag, unsigned long n) {
        Float64 value = 0;
        REQUIRE(item.findAndGetFloat64(tag, value, n, OFTrue).good());
        return value;
    }
    void read_frame(int f, int rows, int columns, const Uint8* bits) {
        auto& group = frame_group(f);
        DcmItem* shared = nullptr;
        format_.getDataset()->findAndGetSequenceItem(DCM_SharedFunctionalGroupsSequence, shared);
        REQUIRE(shared != nullptr);
        const auto vector = [&](DcmItem& item, const DcmTagKey& tag, unsigned long at) {
            return Vec3{number(item, tag, at), number(item, tag, at + 1), number(item, tag, at + 2)};
        };
        const Vec3 position = vector(group, DCM_ImagePositionPatient, 0);
        const Vec3 along_row = vector(*shared, DCM_ImageOrientationPatient, 0);
        const Vec3 along_column = vector(*shared, DCM_ImageOrientationPatient, 3);
        const double between_rows = number(*shared, DCM_PixelSpacing, 0);
        const double between_columns = number(*shared, DCM_PixelSpacing, 1);
        Uint16 segment = 0;
        REQUIRE(group.findAndGetUint16(DCM_ReferencedSegmentNumber, segment, 0, OFTrue).good());
        bool empty = true;
        for (int r = 0; r < rows; ++r)
            for (int c = 0; c < columns; ++c) {
                const auto bit = (static_cast<std::size_t>(f) * static_cast<std::size_t>(rows) +
                                  static_cast<std::size_t>(r)) *
                                     static_cast<std::size_t>(columns) +
                                 static_cast<std::size_t>(c);
                if (!(bits[bit / 8] >> (bit % 8) & 1)) continue;
                empty = false;
                points_.emplace_back(segment, position + along_row * (c * between_columns) +
                                                  along_column * (r * between_rows));
            }
        empty_frames += empty;
    }

    DcmFileFormat format_;
    std::vector<std::pair<int, LpsPoint>> points_;
};

std::set<std::tuple<int, int, int>> voxels_of(const VoxelMask& mask) {
    std::set<std::tuple<int, int, int>> voxels;
    for (int k = mask.low.k; k < mask.low.k + mask.size[2]; ++k)
        for (int j = mask.low.j; j < mask.low.j + mask.size[1]; ++j)
            for (int i = mask.low.i; i < mask.low.i + mask.size[0]; ++i)
                if (mask.at({i, j, k})) voxels.emplace(i, j, k);
    return voxels;
}

void check_voxels_come_back(SyntheticStudy& study) {
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    study.add_deposit({12, 20, 4}, {2, 3, 0});
    const auto written = study.write();
    REQUIRE_MESSAGE(written.has_value(), (written ? "" : written.error().what));
    const ReadBack file(study.out("seg.dcm"));
    auto voxels = file.voxels(study.volume.grid);
    const auto& deposits = study.outcome.findings->deposits;
    const auto first = voxels_of(deposits[0].mask), second = voxels_of(deposits[1].mask);
    CHECK(voxels.size() == 3);
    CHECK(voxels[1] == first);
    CHECK(voxels[2] == second);
    auto all = first;
    all.insert(second.begin(), second.end());
    CHECK(voxels[3] == all);
    CHECK(file.empty_frames == 0);
}

}  // namespace

TEST_CASE("the segmentation gives back each deposit's voxels, and all of them together in the last segment") {
    SyntheticStudy study;
    check_voxels_come_back(study);
}

TEST_CASE("the segmentation lies on the planes of a series acquired sagittally") {
    SyntheticStudy study({.plane = Plane::sagittal, .spacing_mm = {2.0, 0.5, 0.8}});
    check_voxels_come_back(study);
}

TEST_CASE("a frame refers to the source image of its plane") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 0});
    REQUIRE(study.write());
    ReadBack file(study.out("seg.dcm"));
    REQUIRE(file.frames == 2);  // the deposit's and the total's
    OFString uid, frame;
    REQUIRE(file.frame_group(0).findAndGetOFString(DCM_ReferencedSOPInstanceUID, uid, 0, OFTrue).good());
    CHECK(std::string(uid.c_str()) == study.source.slices[12].sop_instance_uid);
    CHECK(file.frame_group(0).findAndGetOFString(DCM_ReferencedFrameNumber, frame, 0, OFTrue).bad());
}

TEST_CASE("of a multi-frame source the frame is named, too") {
    SyntheticStudy study({.multi_frame = true});
    study.add_deposit({40, 41, 12}, {6, 5, 0});
    REQUIRE(study.write());
    ReadBack file(study.out("seg.dcm"));
    OFString frame;
    REQUIRE(file.frame_group(0).findAndGetOFString(DCM_ReferencedFrameNumber, frame, 0, OFTrue).good());
    CHECK(frame == "13");
}

TEST_CASE("another reader of segmentations takes ours") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    REQUIRE(study.write());
    DcmSegmentation* loaded = nullptr;
    REQUIRE(DcmSegmentation::loadFile(study.out("seg.dcm").c_str(), loaded).good());
    const std::unique_ptr<DcmSegmentation> segmentation(loaded);
    CHECK(segmentation->getNumberOfSegments() == 2);
    CHECK(segmentation->getNumberOfFrames() == 14);
    OFString uid;
    segmentation->getSegment(1)->getTrackingUID(uid);
    CHECK(std::string(uid.c_str()) == tracking_uid(result_identity(study.source, "rule"), 1));
    // Frame 1 is the deposit's first: one voxel at its lower pole.
    const std::unique_ptr<DcmIODTypes::Frame> frame(
        DcmSegUtils::unpackBinaryFrame(segmentation->getFrame(0), 63, 63));
    REQUIRE(frame);
    CHECK(std::count(frame->pixData, frame->pixData + frame->length, 1) == 1);
    CHECK(frame->pixData[41 * 63 + 40] == 1);
}

TEST_CASE("voxels of a mask that reaches beyond the volume are left out") {
    SyntheticStudy study;
    study.add_deposit({61, 1, 23}, {4, 4, 2});
    REQUIRE(study.write());
    const auto voxels = ReadBack(study.out("seg.dcm")).voxels(study.volume.grid);
    for (const auto& [i, j, k] : voxels.at(1)) CHECK(study.volume.grid.contains({i, j, k}));
    CHECK(voxels.at(1).size() > 10);
}

TEST_CASE("a source without a frame of reference gets one of its own in the segmentation") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    study.source.frame_of_reference_uid.clear();
    REQUIRE(study.write());
    DcmFileFormat format;
    REQUIRE(format.loadFile(study.out("seg.dcm").c_str()).good());
    OFString uid;
    format.getDataset()->findAndGetOFString(DCM_FrameOfReferenceUID, uid);
    CHECK(Uid::parse(uid.c_str()));
}

TEST_CASE("deposits without a voxel are an error, not an empty segmentation") {
    SyntheticStudy study;
    auto& deposit = study.add_deposit({40, 41, 12}, {1, 1, 1});
    std::ranges::fill(deposit.mask.inside, std::uint8_t{0});
    const auto written = study.write();
    REQUIRE_FALSE(written);
    CHECK(written.error().what.find("no voxel") != std::string::npos);
}
