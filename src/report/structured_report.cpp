#include "report/structured_report.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcuid.h>
#include <dcmtk/dcmsr/cmr/tid1500.h>
#include <dcmtk/dcmsr/codes/dcm.h>
#include <dcmtk/dcmsr/dsrdoc.h>

#include <cmath>
#include <cstdio>
#include <set>

#include "base/decimals.hpp"
#include "base/uid.hpp"
#include "dicom/own_objects.hpp"
#include "report/algorithm.hpp"
#include "report/change_items.hpp"
#include "report/dataset_items.hpp"
#include "report/evaluations.hpp"
#include "report/identity.hpp"
#include "report/segmentation.hpp"
#include "report/spine_items.hpp"
#include "report/sr_values.hpp"

namespace calcinode::report {
namespace {

using Group = TID1500_MeasurementReport::TID1411_Measurements;
using Quantity = CID7469_GenericIntensityAndSizeMeasurements;
using Unit = CID7181_AbstractMultiDimensionalImageModelComponentUnits;
using Derivation = CID7464_GeneralRegionOfInterestMeasurementModifiers;

class Report {
  public:
    explicit Report(const ReportContext& context)
        : context_(context), report_(CMR_CID7021::ImagingMeasurementReport) {}

    void put_context();
    void put_image_library();
    void put_groups();
    void put_evaluations() { add_evaluations(report_, context_); }
    std::unique_ptr<DcmDataset> finish(bool segmentation_made);

  private:
    void identify(Group& group, const std::string& tracking_id, const std::string& uid, int segment);
    template <class Concept>
    void measure(Group& group, const Concept& concept_name, double value, int decimals, const Unit& unit,
                 const Derivation& derivation = Derivation());
    void put_attenuation(Group& group, const Deposit& deposit);
    void put_deposit(Group& group, const Deposit& deposit, int segment);
    void put_total(Group& group);
    void put_evidence(DSRDocument& document, bool segmentation_made) const;
    void put_predecessor(DSRDocument& document) const;

    const ReportContext& context_;
    TID1500_MeasurementReport report_;
};

void Report::put_context() {
    require(report_.setLanguage(CID5000_Languages::English), "language");
    const auto device = Uid::derived_from({"calcinode", "device", our_model, CALCINODE_VERSION}).str();
    require(report_.getObservationContext().addDeviceObserver(device.c_str(), OFString(our_model.data()),
                                                              OFString(our_manufacturer.data()),
                                                              OFString(our_model.data()), CALCINODE_VERSION),
            "device observer");
    require(
        report_.addProcedureReported(CID100_QuantitativeDiagnosticImagingProcedures::CTUnspecifiedBodyRegion),
        "procedure reported");
}

// Entries are made from what all images share and each one's own UID: the slices' files need not be read
// again.
void Report::put_image_library() {
    auto& library = report_.getImageLibrary();
    require(library.createNewImageLibrary(), "image library");
    require(library.addImageGroup(), "image library group");
    const auto& source = context_.source;
    DcmDataset entry;
    for (const auto& tag : {DCM_Modality, DCM_StudyDate, DCM_StudyTime, DCM_FrameOfReferenceUID}) {
        if (context_.header.dataset().tagExists(tag))
            context_.header.dataset().findAndInsertCopyOfElement(tag, &entry);
    }
    // Scanners send decimal strings of more than the 16 characters that are allowed: numbers are written
    // anew.
    for (const auto& tag : {DCM_SliceThickness, DCM_KVP}) {
        double value = 0;
        if (context_.header.dataset().findAndGetFloat64(tag, value).good() && value > 0)
            put(entry, tag, decimal_string(value));
    }
    put(entry, DCM_Rows, static_cast<Uint16>(source.rows));
    put(entry, DCM_Columns, static_cast<Uint16>(source.columns));
    put(entry, DCM_PixelSpacing,
        decimal_string(source.row_spacing_mm) + "\\" + decimal_string(source.column_spacing_mm));
    put(entry, DCM_Modality, "CT");
    if (!source.frame_of_reference_uid.empty())
        put(entry, DCM_FrameOfReferenceUID, source.frame_of_reference_uid);
    const TID1600_ImageLibrary::ConceptNameList none;
    require(library.addImageGroupDescriptors(entry, TID1600_ImageLibrary::withAllDescriptors, none),
            "image library descriptors");
    std::set<std::string> listed;
    for (const auto& slice : source.slices) {
        if (!listed.insert(slice.sop_instance_uid).second) continue;
        put(entry, DCM_SOPClassUID, slice.sop_class_uid);
        put(entry, DCM_SOPInstanceUID, slice.sop_instance_uid);
        require(library.addImageEntry(entry, TID1600_ImageLibrary::withoutDescriptors),
                "image library entry");
    }
}

void Report::identify(Group& group, const std::string& tracking_id, const std::string& uid, int segment) {
    require(group.setTrackingIdentifier(tracking_id.c_str()), "tracking identifier");
    require(group.setTrackingUniqueIdentifier(uid.c_str()), "tracking UID");
    require(group.setFinding(coded(codes::pathologic_calcification)), "finding");
    const auto seg_uid = instance_uid_of(context_.options, ObjectKind::segmentation).str();
    DSRImageReferenceValue reference(UID_SegmentationStorage, seg_uid.c_str());
    reference.getSegmentList().addItem(static_cast<Uint16>(segment));
    require(group.setReferencedSegment(reference), "referenced segment");
    require(group.setSourceSeriesForSegmentation(context_.source.series_uid.c_str()), "source series");
}

template <class Concept>
void Report::measure(Group& group, const Concept& concept_name, double value, int decimals, const Unit& unit,
                     const Derivation& derivation) {
    const Group::MeasurementValue measured(with_decimals(value, decimals).c_str(), unit);
    require(group.addMeasurement(concept_name, measured), "measurement");
    auto& measurement = group.getMeasurement();
    if (derivation.hasSelectedValue()) require(measurement.setDerivation(derivation), "derivation");
    require(measurement.setAlgorithmIdentification(OFString(our_model.data()), algorithm_version().c_str()),
            "algorithm identification");
}

void Report::put_attenuation(Group& group, const Deposit& deposit) {
    const Quantity attenuation = Quantity::AttenuationCoefficient;
    measure(group, attenuation, deposit.mean_hu, 1, Unit::HounsfieldUnit, Derivation::Mean);
    measure(group, attenuation, deposit.max_hu, 1, Unit::HounsfieldUnit, Derivation::Maximum);
    measure(group, attenuation, deposit.sd_hu, 1, Unit::HounsfieldUnit, Derivation::StandardDeviation);
}

void Report::put_deposit(Group& group, const Deposit& deposit, int segment) {
    identify(group, "Deposit " + std::to_string(deposit.id),
             tracking_uid(context_.options.identity, deposit.id, context_.comparison), segment);
    // Nothing in the midline: the list has no such entry.
    const auto side = deposit.side == Side::left    ? CID244e_Laterality(CID244e_Laterality::Left)
                      : deposit.side == Side::right ? CID244e_Laterality(CID244e_Laterality::Right)
                                                    : CID244e_Laterality();
    require(group.addFindingSite(coded(codes::vertebra_of_level(deposit.level)), side,
                                 coded(codes::compartment(deposit.compartment))),
            "finding site");
    measure(group, Quantity(Quantity::Volume), deposit.volume_mm3, 1, Unit::CubicMillimeter);
    require(group.getMeasurement().setMeasurementMethod(coded(codes::partial_voxels)), "method");
    if (const auto* change = context_.comparison ? context_.comparison->of(deposit.id) : nullptr)
        measure(group, coded(codes::volume_change), change->percent, 1, Unit::Percent);
    put_attenuation(group, deposit);
    measure(group, coded(codes::long_axis), deposit.long_axis_mm, 2, Unit::Millimeter);
    measure(group, coded(codes::distance), deposit.canal_distance_mm, 2, Unit::Millimeter);
    require(group.getMeasurement().addFindingSite(coded(codes::vertebral_canal)), "distance's site");
    if (deposit.canal_occupied_percent > 0)
        measure(group, coded(codes::canal_occupied), deposit.canal_occupied_percent, 1, Unit::Percent);
    measure(group, coded(codes::certainty), deposit.confidence * 100, 0, Unit::Percent);
}

// In a volumetric group of its own (TID 1411) that refers to the segment of all deposits: a group without a
// region (TID 1501) is matched as TID 1411 by a common validator, and its conditions are then not met.
void Report::put_total(Group& group) {
    const auto& findings = context_.findings;
    identify(group, "All deposits", total_tracking_uid(context_.options.identity),
             total_segment_number(findings));
    require(group.addFindingSite(coded(codes::spine)), "finding site");
    measure(group, Quantity(Quantity::Volume), findings.total_volume_mm3(), 1, Unit::CubicMillimeter);
    require(group.getMeasurement().setMeasurementMethod(coded(codes::partial_voxels)), "method");
    measure(group, coded(codes::number_of_calcifications), static_cast<double>(findings.deposits.size()), 0,
            Unit::NoUnits);
}

void Report::put_groups() {
    int segment = 0;
    for (const auto& deposit : context_.findings.deposits) {
        if (segment > 0) require(report_.addVolumetricROIMeasurements(), "measurement group");
        put_deposit(report_.getVolumetricROIMeasurements(), deposit, ++segment);
    }
    require(report_.addVolumetricROIMeasurements(), "measurement group");
    put_total(report_.getVolumetricROIMeasurements());
}

void Report::put_evidence(DSRDocument& document, bool segmentation_made) const {
    const auto& source = context_.source;
    auto& evidence = document.getCurrentRequestedProcedureEvidence();
    const OFString study(source.study_uid.c_str()), series(source.series_uid.c_str());
    std::set<std::string> listed;
    for (const auto& slice : source.slices)
        if (listed.insert(slice.sop_instance_uid).second)
            require(
                evidence.addItem(study, series, slice.sop_class_uid.c_str(), slice.sop_instance_uid.c_str()),
                "evidence");
    if (!segmentation_made) return;
    const auto seg_series = series_uid_of(context_.options, ObjectKind::segmentation).str();
    const auto seg = instance_uid_of(context_.options, ObjectKind::segmentation).str();
    require(evidence.addItem(study, seg_series.c_str(), UID_SegmentationStorage, seg.c_str()), "evidence");
}

void Report::put_predecessor(DSRDocument& document) const {
    for (const auto& earlier : context_.options.earlier)
        if (earlier.sop_class_uid == UID_EnhancedSRStorage)
            require(document.getPredecessorDocuments().addItem(
                        context_.source.study_uid.c_str(), earlier.series_uid.c_str(),
                        earlier.sop_class_uid.c_str(), earlier.sop_instance_uid.c_str()),
                    "predecessor");
}

std::unique_ptr<DcmDataset> Report::finish(bool segmentation_made) {
    DSRDocument document;
    require(document.createNewDocument(DSRTypes::DT_EnhancedSR), "document");
    require(document.setTreeFromRootTemplate(report_), "content tree");
    add_slips(document.getTree(), context_);
    add_changes(document, context_);
    put_evidence(document, segmentation_made);
    put_predecessor(document);
    auto& schemes = document.getCodingSchemeIdentification();
    require(schemes.addItem(codes::own_scheme), "coding scheme");
    require(schemes.setCodingSchemeName("Calcinode private codes"), "coding scheme");
    require(schemes.setCodingSchemeResponsibleOrganization(OFString(our_manufacturer.data())),
            "coding scheme");
    require(document.setPreliminaryFlag(DSRTypes::PF_Preliminary), "preliminary flag");
    require(document.completeDocument(), "completion");
    auto dataset = std::make_unique<DcmDataset>();
    require(document.write(*dataset), "document");
    set_common_attributes(*dataset, context_, ObjectKind::structured_report, UID_EnhancedSRStorage, "SR");
    return dataset;
}

}  // namespace

Result<std::unique_ptr<DcmDataset>> make_structured_report(const ReportContext& context,
                                                           bool segmentation_made) {
    Report report(context);
    report.put_context();
    report.put_image_library();
    if (segmentation_made) report.put_groups();
    report.put_evaluations();
    return report.finish(segmentation_made);
}

}  // namespace calcinode::report
