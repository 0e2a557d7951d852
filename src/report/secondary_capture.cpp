#include "report/secondary_capture.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <algorithm>
#include <set>
#include <span>

#include "dicom/own_objects.hpp"
#include "report/dataset_items.hpp"
#include "report/wording.hpp"

namespace calcinode::report {
namespace {

void put_capture_device(DcmItem& dataset, const ReportContext& context) {
    put(dataset, DCM_ConversionType, "WSD");  // workstation: the nearest defined term for software
    put(dataset, DCM_SecondaryCaptureDeviceManufacturer, std::string(our_manufacturer));
    put(dataset, DCM_SecondaryCaptureDeviceManufacturerModelName, std::string(our_model));
    put(dataset, DCM_SecondaryCaptureDeviceSoftwareVersions, CALCINODE_VERSION);
    put(dataset, DCM_DateOfSecondaryCapture, context.header.content_date());
    put(dataset, DCM_TimeOfSecondaryCapture, context.header.content_time());
}

// The projection is made of all images of the series.
void put_sources(DcmItem& dataset, const SeriesSource& source) {
    std::set<std::string> listed;
    for (const auto& slice : source.slices) {
        if (!listed.insert(slice.sop_instance_uid).second) continue;
        DcmItem& item = add_item(dataset, DCM_SourceImageSequence);
        put_reference(item, slice.sop_class_uid, slice.sop_instance_uid);
        put_code(item, DCM_PurposeOfReferenceCodeSequence, codes::source_image);
    }
}

void put_format(DcmItem& dataset, const Picture& picture) {
    put(dataset, DCM_SamplesPerPixel, Uint16{3});
    put(dataset, DCM_PhotometricInterpretation, "RGB");
    put(dataset, DCM_PlanarConfiguration, Uint16{0});
    put(dataset, DCM_Rows, static_cast<Uint16>(picture.height));
    put(dataset, DCM_Columns, static_cast<Uint16>(picture.width));
    put(dataset, DCM_BitsAllocated, Uint16{8});
    put(dataset, DCM_BitsStored, Uint16{8});
    put(dataset, DCM_HighBit, Uint16{7});
    put(dataset, DCM_PixelRepresentation, Uint16{0});
}

void put_pixels(DcmItem& dataset, std::span<const Picture> frames) {
    const auto frame_size = frames.front().rgb.size();  // even: width and height are
    Uint8* pixels = nullptr;                            // the element's own memory: no second copy
    auto element = std::make_unique<DcmPixelData>(DCM_PixelData);
    require(element->setVR(EVR_OB), "Pixel Data");
    require(element->createUint8Array(static_cast<Uint32>(frame_size * frames.size()), pixels), "Pixel Data");
    for (const auto& frame : frames) pixels = std::copy(frame.rgb.begin(), frame.rgb.end(), pixels);
    require(dataset.insert(element.release(), OFTrue), "Pixel Data");
}

// The frames are pages of a document.
void put_page_numbers(DcmItem& dataset, std::size_t pages) {
    put(dataset, DCM_NumberOfFrames, std::to_string(pages));
    require(dataset.putAndInsertTagKey(DCM_FrameIncrementPointer, DCM_PageNumberVector),
            "Frame Increment Pointer");
    std::string numbers;
    for (std::size_t page = 1; page <= pages; ++page)
        numbers += (page == 1 ? "" : "\\") + std::to_string(page);
    put(dataset, DCM_PageNumberVector, numbers);
}

std::string derivation(const Findings& findings) {
    const auto* const what =
        findings.verdict == Verdict::negative
            ? "Sagittal and coronal maximum intensity projections of the spine. "
            : "Sagittal and coronal maximum intensity projections of the spine and axial image of a deposit, "
              "with marks. ";
    return what + conclusion(findings);
}

}  // namespace

const char* secondary_capture_class(const FigureOptions& options) {
    return options.multi_frame ? UID_MultiframeTrueColorSecondaryCaptureImageStorage
                               : UID_SecondaryCaptureImageStorage;
}

Result<std::unique_ptr<DcmDataset>> make_secondary_capture(const ReportContext& context,
                                                           const std::vector<Picture>& pages) {
    const auto& options = context.options.figure;
    auto dataset = std::make_unique<DcmDataset>();
    set_common_attributes(*dataset, context, ObjectKind::secondary_capture, secondary_capture_class(options),
                          "OT");
    set_body_part(*dataset, context);
    put_capture_device(*dataset, context);
    put(*dataset, DCM_ImageType, "DERIVED\\SECONDARY");
    require(dataset->insertEmptyElement(DCM_PatientOrientation), "Patient Orientation");
    put(*dataset, DCM_BurnedInAnnotation, options.with_patient ? "YES" : "NO");
    put(*dataset, DCM_LossyImageCompression, "00");
    put(*dataset, DCM_DerivationDescription, derivation(context.findings));
    put(*dataset, DCM_ImageComments, revision_words(context.options) + disclaimer);
    put_earlier_revision(*dataset, context, secondary_capture_class(options));
    put_sources(*dataset, context.source);
    if (options.multi_frame) put_page_numbers(*dataset, pages.size());
    put_format(*dataset, pages.front());
    put_pixels(*dataset, std::span(pages).first(options.multi_frame ? pages.size() : 1));
    return dataset;
}

}  // namespace calcinode::report
