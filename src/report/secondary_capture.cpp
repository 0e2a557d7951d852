#include "report/secondary_capture.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <set>

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

void put_pixels(DcmItem& dataset, const Picture& picture) {
    put(dataset, DCM_SamplesPerPixel, Uint16{3});
    put(dataset, DCM_PhotometricInterpretation, "RGB");
    put(dataset, DCM_PlanarConfiguration, Uint16{0});
    put(dataset, DCM_Rows, static_cast<Uint16>(picture.height));
    put(dataset, DCM_Columns, static_cast<Uint16>(picture.width));
    put(dataset, DCM_BitsAllocated, Uint16{8});
    put(dataset, DCM_BitsStored, Uint16{8});
    put(dataset, DCM_HighBit, Uint16{7});
    put(dataset, DCM_PixelRepresentation, Uint16{0});
    require(dataset.putAndInsertUint8Array(DCM_PixelData, picture.rgb.data(), picture.rgb.size()),
            "Pixel Data");
}

}  // namespace

Result<std::unique_ptr<DcmDataset>> make_secondary_capture(const ReportContext& context,
                                                           const Picture& picture) {
    auto dataset = std::make_unique<DcmDataset>();
    set_common_attributes(*dataset, context, ObjectKind::secondary_capture, UID_SecondaryCaptureImageStorage,
                          "OT");
    set_body_part(*dataset, context);
    put_capture_device(*dataset, context);
    put(*dataset, DCM_ImageType, "DERIVED\\SECONDARY");
    require(dataset->insertEmptyElement(DCM_PatientOrientation), "Patient Orientation");
    put(*dataset, DCM_BurnedInAnnotation, "NO");  // the figure shows nothing that names the patient
    put(*dataset, DCM_LossyImageCompression, "00");
    put(*dataset, DCM_DerivationDescription,
        "Sagittal maximum intensity projection around the spine and axial image of the largest deposit, with "
        "marks. " +
            conclusion(context.findings));
    put(*dataset, DCM_ImageComments, disclaimer);
    put_sources(*dataset, context.source);
    put_pixels(*dataset, picture);
    return dataset;
}

}  // namespace calcinode::report
