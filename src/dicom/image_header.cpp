#include "dicom/image_header.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include "dicom/attributes.hpp"
#include "dicom/file.hpp"

namespace calcinode::dicom {
namespace {

// The item of a functional group macro that counts for a frame: its own, else the shared one.
DcmItem* macro(DcmItem* own, DcmItem* shared, const DcmTagKey& sequence) {
    if (own)
        if (auto* item = sequence_item(*own, sequence)) return item;
    return shared ? sequence_item(*shared, sequence) : nullptr;
}

std::optional<LpsPoint> point(const std::optional<std::array<double, 3>>& xyz) {
    if (!xyz) return std::nullopt;
    return LpsPoint{(*xyz)[0], (*xyz)[1], (*xyz)[2]};
}

std::optional<Rescale> rescale_of(DcmItem& item) {
    const auto slope = number(item, DCM_RescaleSlope);
    const auto intercept = number(item, DCM_RescaleIntercept);
    if (!slope || !intercept) return std::nullopt;
    return Rescale{*slope, *intercept};
}

FrameHeader single_frame(DcmItem& dataset) {
    FrameHeader frame;
    frame.position = point(numbers<3>(dataset, DCM_ImagePositionPatient));
    frame.orientation = numbers<6>(dataset, DCM_ImageOrientationPatient);
    frame.pixel_spacing = numbers<2>(dataset, DCM_PixelSpacing);
    frame.thickness_mm = number(dataset, DCM_SliceThickness);
    frame.rescale = rescale_of(dataset);
    frame.rescale_type = text_or_empty(dataset, DCM_RescaleType);
    frame.image_type = texts(dataset, DCM_ImageType);
    frame.acquisition_number = integer(dataset, DCM_AcquisitionNumber);
    frame.acquisition_time =
        text_or_empty(dataset, DCM_AcquisitionDate) + text_or_empty(dataset, DCM_AcquisitionTime);
    return frame;
}

FrameHeader functional_groups(DcmItem& dataset, DcmItem* own, DcmItem* shared) {
    FrameHeader frame;
    frame.image_type = texts(dataset, DCM_ImageType);
    if (auto* plane = macro(own, shared, DCM_PlanePositionSequence))
        frame.position = point(numbers<3>(*plane, DCM_ImagePositionPatient));
    if (auto* plane = macro(own, shared, DCM_PlaneOrientationSequence))
        frame.orientation = numbers<6>(*plane, DCM_ImageOrientationPatient);
    if (auto* measures = macro(own, shared, DCM_PixelMeasuresSequence)) {
        frame.pixel_spacing = numbers<2>(*measures, DCM_PixelSpacing);
        frame.thickness_mm = number(*measures, DCM_SliceThickness);
    }
    if (auto* transformation = macro(own, shared, DCM_PixelValueTransformationSequence)) {
        frame.rescale = rescale_of(*transformation);
        frame.rescale_type = text_or_empty(*transformation, DCM_RescaleType);
    }
    if (auto* type = macro(own, shared, DCM_CTImageFrameTypeSequence))
        if (auto values = texts(*type, DCM_FrameType); !values.empty()) frame.image_type = std::move(values);
    if (auto* content = macro(own, shared, DCM_FrameContentSequence)) {
        frame.acquisition_number = integer(*content, DCM_FrameAcquisitionNumber);
        frame.acquisition_time = text_or_empty(*content, DCM_FrameAcquisitionDateTime);
    }
    return frame;
}

Result<std::vector<FrameHeader>> read_frames(DcmItem& dataset, const std::string& sop_class) {
    const int count = integer(dataset, DCM_NumberOfFrames).value_or(1);
    if (sop_class == UID_CTImageStorage || !is_ct_image_class(sop_class)) {
        std::vector<FrameHeader> frames;
        frames.push_back(single_frame(dataset));
        return frames;
    }
    const std::size_t described = sequence_length(dataset, DCM_PerFrameFunctionalGroupsSequence);
    if (count < 1 || static_cast<std::size_t>(count) != described)
        return fail("multi-frame object says it has " + std::to_string(count) + " frames but describes " +
                    std::to_string(described));
    auto* shared = sequence_item(dataset, DCM_SharedFunctionalGroupsSequence);
    DcmSequenceOfItems* per_frame = nullptr;
    (void)dataset.findAndGetSequence(DCM_PerFrameFunctionalGroupsSequence, per_frame);
    std::vector<FrameHeader> frames;
    frames.reserve(described);
    // nextInContainer, because getItem(n) walks the list from a cached place at best.
    DcmObject* item = per_frame->nextInContainer(nullptr);
    for (; item; item = per_frame->nextInContainer(item))
        frames.push_back(functional_groups(dataset, dynamic_cast<DcmItem*>(item), shared));
    return frames;
}

// Pixel Padding Value is US or SS as Pixel Representation says, but often written as the other one.
std::optional<int> padding_value(DcmItem& dataset, const DcmTagKey& tag, bool is_signed) {
    const auto value = integer(dataset, tag);
    if (!value || *value < INT16_MIN || *value > UINT16_MAX) return std::nullopt;
    return is_signed ? static_cast<int>(static_cast<std::int16_t>(*value))
                     : static_cast<int>(static_cast<std::uint16_t>(*value));
}

PixelFormat read_format(DcmItem& dataset) {
    PixelFormat format;
    format.rows = integer(dataset, DCM_Rows).value_or(0);
    format.columns = integer(dataset, DCM_Columns).value_or(0);
    format.samples = integer(dataset, DCM_SamplesPerPixel).value_or(0);
    format.bits_allocated = integer(dataset, DCM_BitsAllocated).value_or(0);
    format.bits_stored = integer(dataset, DCM_BitsStored).value_or(0);
    format.high_bit = integer(dataset, DCM_HighBit).value_or(-1);
    format.is_signed = integer(dataset, DCM_PixelRepresentation).value_or(0) == 1;
    format.photometric = text_or_empty(dataset, DCM_PhotometricInterpretation);
    format.padding = padding_value(dataset, DCM_PixelPaddingValue, format.is_signed);
    format.padding_limit = padding_value(dataset, DCM_PixelPaddingRangeLimit, format.is_signed);
    return format;
}

Result<> read_identity(DcmItem& dataset, ImageHeader& header) {
    const auto take = [&](const DcmTagKey& tag, const char* name, std::string& target) -> Result<> {
        auto value = uid(dataset, tag);
        if (!value) return fail(std::string("no well-formed ") + name + " UID");
        target = std::move(*value);
        return {};
    };
    if (auto ok = take(DCM_SOPClassUID, "SOP Class", header.sop_class_uid); !ok) return ok;
    if (auto ok = take(DCM_SOPInstanceUID, "SOP Instance", header.sop_instance_uid); !ok) return ok;
    if (auto ok = take(DCM_StudyInstanceUID, "Study Instance", header.study_uid); !ok) return ok;
    return take(DCM_SeriesInstanceUID, "Series Instance", header.series_uid);
}

void read_pixel_data_size(DcmItem& dataset, const std::string& transfer_syntax, ImageHeader& header) {
    DcmElement* pixels = nullptr;
    header.has_pixel_data = dataset.findAndGetElement(DCM_PixelData, pixels).good() && pixels;
    if (header.has_pixel_data && !DcmXfer(transfer_syntax.c_str()).isEncapsulated())
        header.native_bytes = pixels->getLengthField();
}

}  // namespace

bool is_ct_image_class(const std::string& sop_class_uid) {
    return sop_class_uid == UID_CTImageStorage || sop_class_uid == UID_EnhancedCTImageStorage ||
           sop_class_uid == UID_LegacyConvertedEnhancedCTImageStorage;
}

Result<ImageHeader> read_image_header(const std::filesystem::path& path) {
    auto file = File::open(path);
    if (!file) return std::unexpected(file.error());
    DcmItem& dataset = file->dataset();
    ImageHeader header;
    header.path = path;
    header.transfer_syntax = file->transfer_syntax();
    if (auto identity = read_identity(dataset, header); !identity) return std::unexpected(identity.error());
    header.frame_of_reference_uid = uid(dataset, DCM_FrameOfReferenceUID).value_or("");
    header.modality = text_or_empty(dataset, DCM_Modality);
    header.manufacturer = text_or_empty(dataset, DCM_Manufacturer);
    header.model = text_or_empty(dataset, DCM_ManufacturerModelName);
    header.kernel = text_or_empty(dataset, DCM_ConvolutionKernel);
    header.series_description = text_or_empty(dataset, DCM_SeriesDescription);
    header.series_number = integer(dataset, DCM_SeriesNumber).value_or(0);
    header.instance_number = integer(dataset, DCM_InstanceNumber).value_or(0);
    header.lossy = text_or_empty(dataset, DCM_LossyImageCompression) == "01";
    header.format = read_format(dataset);
    read_pixel_data_size(dataset, header.transfer_syntax, header);
    auto frames = read_frames(dataset, header.sop_class_uid);
    if (!frames) return std::unexpected(frames.error());
    header.frames = std::move(*frames);
    return header;
}

}  // namespace calcinode::dicom
