#include "report/segmentation.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <limits>
#include <map>

#include "base/uid.hpp"
#include "dicom/own_objects.hpp"
#include "report/algorithm.hpp"
#include "report/dataset_items.hpp"
#include "report/identity.hpp"
#include "report/source_planes.hpp"

namespace calcinode::report {
namespace {

struct MaskSegment {
    std::string label, description, tracking_id, tracking_uid;
    Code region;
    std::vector<PlaneVoxel> voxels;
    std::vector<int> per_slice;
};

struct Frame {
    int segment = 0;  // index
    int slice = 0;    // index into the source's slices
    int place = 0;    // of the slice among those that have frames, from 1
};

std::vector<MaskSegment> segments_of(const ReportContext& context) {
    std::vector<MaskSegment> segments;
    MaskSegment total;
    const auto& identity = context.options.identity;
    for (const auto& deposit : context.findings.deposits) {
        MaskSegment segment;
        const auto id = std::to_string(deposit.id);
        segment.label = "Deposit " + id;
        segment.description = "Deposit " + id + ", level " + deposit.level + ", " +
                              std::string(to_string(deposit.compartment)) + ", " +
                              std::string(to_string(deposit.side));
        segment.tracking_id = segment.label;
        segment.tracking_uid = tracking_uid(identity, deposit.id, context.comparison);
        segment.region = codes::vertebra_of_level(deposit.level);
        segment.voxels = voxels_on_planes(deposit.mask, context.volume.grid, context.source);
        segment.per_slice = voxels_per_slice(segment.voxels, context.source);
        total.voxels.insert(total.voxels.end(), segment.voxels.begin(), segment.voxels.end());
        segments.push_back(std::move(segment));
    }
    total.label = "All deposits";
    total.description = "All deposits together";
    total.tracking_id = total.label;
    total.tracking_uid = total_tracking_uid(identity);
    total.region = codes::spine;
    total.per_slice = voxels_per_slice(total.voxels, context.source);
    segments.push_back(std::move(total));
    return segments;
}

// By segment, then by slice. The last segment has a frame on each slice that any other one has.
std::vector<Frame> frames_of(const std::vector<MaskSegment>& segments) {
    std::map<int, int> place;
    const auto& any = segments.back().per_slice;
    for (std::size_t s = 0; s < any.size(); ++s)
        if (any[s] > 0) place.emplace(static_cast<int>(s), static_cast<int>(place.size()) + 1);
    std::vector<Frame> frames;
    for (std::size_t n = 0; n < segments.size(); ++n)
        for (const auto& [slice, ordinal] : place)
            if (segments[n].per_slice[static_cast<std::size_t>(slice)] > 0)
                frames.push_back({static_cast<int>(n), slice, ordinal});
    return frames;
}

void put_segment(DcmItem& item, const MaskSegment& segment, int number) {
    put(item, DCM_SegmentNumber, static_cast<Uint16>(number));
    put(item, DCM_SegmentLabel, segment.label);
    put(item, DCM_SegmentDescription, segment.description);
    put(item, DCM_SegmentAlgorithmType, "AUTOMATIC");
    put(item, DCM_SegmentAlgorithmName, std::string(our_model));
    put_code(item, DCM_SegmentedPropertyCategoryCodeSequence, codes::morphologically_abnormal);
    put_code(item, DCM_SegmentedPropertyTypeCodeSequence, codes::pathologic_calcification);
    put_code(item, DCM_AnatomicRegionSequence, segment.region);
    DcmItem& algorithm = add_item(item, DCM_SegmentationAlgorithmIdentificationSequence);
    put_code(algorithm, DCM_AlgorithmFamilyCodeSequence, codes::image_processing);
    put(algorithm, DCM_AlgorithmName, std::string(our_model));
    put(algorithm, DCM_AlgorithmVersion, algorithm_version());
    put(item, DCM_TrackingID, segment.tracking_id);
    put(item, DCM_TrackingUID, segment.tracking_uid);
    // Red: what the reader is to look at. CIELab as PS3.3 C.10.7.1.1 scales it.
    constexpr std::array<Uint16, 3> red{34885, 53485, 50171};
    require(item.putAndInsertUint16Array(DCM_RecommendedDisplayCIELabValue, red.data(), red.size()),
            "Recommended Display CIELab Value");
}

std::string position_text(LpsPoint p) {
    return decimal_string(p.x) + "\\" + decimal_string(p.y) + "\\" + decimal_string(p.z);
}

double spacing_between_slices(const SeriesSource& source) {
    if (source.slices.size() < 2) return 0;
    return distance(source.slices.front().position, source.slices.back().position) /
           static_cast<double>(source.slices.size() - 1);
}

void put_shared_groups(DcmItem& dataset, const ReportContext& context) {
    const auto& source = context.source;
    DcmItem& shared = add_item(dataset, DCM_SharedFunctionalGroupsSequence);
    DcmItem& orientation = add_item(shared, DCM_PlaneOrientationSequence);
    std::string cosines;
    for (const double c : source.orientation) cosines += (cosines.empty() ? "" : "\\") + decimal_string(c);
    put(orientation, DCM_ImageOrientationPatient, cosines);
    DcmItem& measures = add_item(shared, DCM_PixelMeasuresSequence);
    put(measures, DCM_PixelSpacing,
        decimal_string(source.row_spacing_mm) + "\\" + decimal_string(source.column_spacing_mm));
    const double between = spacing_between_slices(source);
    Float64 thickness = 0;
    context.header.dataset().findAndGetFloat64(DCM_SliceThickness, thickness);
    if (!(thickness > 0)) thickness = between;
    if (thickness > 0) put(measures, DCM_SliceThickness, decimal_string(thickness));
    if (between > 0) put(measures, DCM_SpacingBetweenSlices, decimal_string(between));
}

void put_frame_groups(DcmItem& item, const Frame& frame, const SourceSlice& slice, bool multi_frame) {
    DcmItem& content = add_item(item, DCM_FrameContentSequence);
    const std::array<Uint32, 2> index{static_cast<Uint32>(frame.segment + 1),
                                      static_cast<Uint32>(frame.place)};
    require(content.putAndInsertUint32Array(DCM_DimensionIndexValues, index.data(), index.size()),
            "Dimension Index Values");
    put(add_item(item, DCM_PlanePositionSequence), DCM_ImagePositionPatient, position_text(slice.position));
    DcmItem& derivation = add_item(item, DCM_DerivationImageSequence);
    put_code(derivation, DCM_DerivationCodeSequence, codes::segmentation);
    DcmItem& image = add_item(derivation, DCM_SourceImageSequence);
    put_reference(image, slice.sop_class_uid, slice.sop_instance_uid);
    if (multi_frame) put(image, DCM_ReferencedFrameNumber, std::to_string(slice.frame));
    put_code(image, DCM_PurposeOfReferenceCodeSequence, codes::source_image);
    put(add_item(item, DCM_SegmentIdentificationSequence), DCM_ReferencedSegmentNumber,
        static_cast<Uint16>(frame.segment + 1));
}

void put_dimensions(DcmItem& dataset, const ReportContext& context) {
    const auto uid = Uid::derived_from({"calcinode", context.options.identity, "dimensions"}).str();
    put(add_item(dataset, DCM_DimensionOrganizationSequence), DCM_DimensionOrganizationUID, uid);
    const auto add_dimension = [&](const DcmTagKey& pointer, const DcmTagKey& group, const char* label) {
        DcmItem& item = add_item(dataset, DCM_DimensionIndexSequence);
        put(item, DCM_DimensionOrganizationUID, uid);
        require(item.putAndInsertTagKey(DCM_DimensionIndexPointer, pointer), "Dimension Index Pointer");
        require(item.putAndInsertTagKey(DCM_FunctionalGroupPointer, group), "Functional Group Pointer");
        put(item, DCM_DimensionDescriptionLabel, label);
    };
    add_dimension(DCM_ReferencedSegmentNumber, DCM_SegmentIdentificationSequence, "Segment");
    add_dimension(DCM_ImagePositionPatient, DCM_PlanePositionSequence, "Position");
}

void put_common_references(DcmItem& dataset, const SeriesSource& source, const std::vector<Frame>& frames) {
    std::map<std::string, std::string> instances;  // UID to class; sorted
    for (const auto& frame : frames) {
        const auto& slice = source.slices[static_cast<std::size_t>(frame.slice)];
        instances.emplace(slice.sop_instance_uid, slice.sop_class_uid);
    }
    DcmItem& series = add_item(dataset, DCM_ReferencedSeriesSequence);
    put(series, DCM_SeriesInstanceUID, source.series_uid);
    for (const auto& [uid, sop_class] : instances)
        put_reference(add_item(series, DCM_ReferencedInstanceSequence), sop_class, uid);
}

// One bit a pixel, the first pixel of a byte in its lowest bit, frames following each other without padding
// (PS3.5 8.2): frame n begins at bit n * rows * columns.
std::vector<Uint8> packed_bits(const std::vector<MaskSegment>& segments, const std::vector<Frame>& frames,
                               const SeriesSource& source) {
    const auto plane = static_cast<std::size_t>(source.rows) * static_cast<std::size_t>(source.columns);
    std::vector<Uint8> bits((frames.size() * plane + 15) / 16 * 2);  // an even number of bytes
    std::map<std::pair<int, int>, std::size_t> first_bit;            // by segment and slice
    for (std::size_t f = 0; f < frames.size(); ++f)
        first_bit[{frames[f].segment, frames[f].slice}] = f * plane;
    for (std::size_t n = 0; n < segments.size(); ++n)
        for (const auto& voxel : segments[n].voxels) {
            const std::size_t bit =
                first_bit.at({static_cast<int>(n), voxel.slice}) +
                static_cast<std::size_t>(voxel.row) * static_cast<std::size_t>(source.columns) +
                static_cast<std::size_t>(voxel.column);
            bits[bit / 8] = static_cast<Uint8>(bits[bit / 8] | (1U << (bit % 8)));
        }
    return bits;
}

bool is_multi_frame(const SeriesSource& source) {
    return source.slices.front().sop_class_uid != UID_CTImageStorage;
}

// A segmentation can't do without; the source's positions then hold within its series only.
std::string frame_of_reference(const SeriesSource& source) {
    if (!source.frame_of_reference_uid.empty()) return source.frame_of_reference_uid;
    return Uid::derived_from({"calcinode", "frame of reference", source.series_uid}).str();
}

// At most 64 characters (LO).
std::string content_description(const ReportOptions& options) {
    return "Pathologic calcification, by software, unverified" +
           (options.revision > 1 ? ", revision " + std::to_string(options.revision) : "");
}

void put_image_attributes(DcmItem& dataset, const ReportContext& context, std::size_t frames) {
    put(dataset, DCM_ImageType, "DERIVED\\PRIMARY");
    put(dataset, DCM_ContentLabel, "CALCIFICATION");
    put(dataset, DCM_ContentDescription, content_description(context.options));
    put(dataset, DCM_ContentCreatorName, "CALCINODE^SOFTWARE");
    put(dataset, DCM_LossyImageCompression, "00");
    put(dataset, DCM_SegmentationType, "BINARY");
    put(dataset, DCM_FrameOfReferenceUID, frame_of_reference(context.source));
    require(dataset.insertEmptyElement(DCM_PositionReferenceIndicator), "Position Reference Indicator");
    put(dataset, DCM_SamplesPerPixel, Uint16{1});
    put(dataset, DCM_PhotometricInterpretation, "MONOCHROME2");
    put(dataset, DCM_NumberOfFrames, std::to_string(frames));
    put(dataset, DCM_Rows, static_cast<Uint16>(context.source.rows));
    put(dataset, DCM_Columns, static_cast<Uint16>(context.source.columns));
    put(dataset, DCM_BitsAllocated, Uint16{1});
    put(dataset, DCM_BitsStored, Uint16{1});
    put(dataset, DCM_HighBit, Uint16{0});
    put(dataset, DCM_PixelRepresentation, Uint16{0});
}

}  // namespace

Result<std::unique_ptr<DcmDataset>> make_segmentation(const ReportContext& context) {
    const auto& source = context.source;
    const auto segments = segments_of(context);
    const auto frames = frames_of(segments);
    if (frames.empty()) return fail("the deposits of series " + source.series_uid + " have no voxel in it");
    const auto bits = packed_bits(segments, frames, source);
    // Pixel data of explicit length has a 32-bit length; 0xFFFFFFFF says "undefined".
    if (bits.size() >= std::numeric_limits<Uint32>::max()) return fail("the segmentation would exceed 4 GiB");

    auto dataset = std::make_unique<DcmDataset>();
    set_common_attributes(*dataset, context, ObjectKind::segmentation, UID_SegmentationStorage, "SEG");
    set_body_part(*dataset, context);
    put_image_attributes(*dataset, context, frames.size());
    for (std::size_t n = 0; n < segments.size(); ++n)
        put_segment(add_item(*dataset, DCM_SegmentSequence), segments[n], static_cast<int>(n) + 1);
    put_dimensions(*dataset, context);
    put_common_references(*dataset, source, frames);
    put_earlier_revision(*dataset, context, UID_SegmentationStorage);
    put_shared_groups(*dataset, context);
    for (const auto& frame : frames)
        put_frame_groups(add_item(*dataset, DCM_PerFrameFunctionalGroupsSequence), frame,
                         source.slices[static_cast<std::size_t>(frame.slice)], is_multi_frame(source));
    require(dataset->putAndInsertUint8Array(DCM_PixelData, bits.data(), bits.size()), "Pixel Data");
    return dataset;
}

}  // namespace calcinode::report
