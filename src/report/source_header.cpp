#include "report/source_header.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dcfilefo.h>
#include <dcmtk/dcmdata/dcsequen.h>
#include <dcmtk/dcmdata/dcuid.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/fd.hpp"
#include "dicom/own_objects.hpp"
#include "report/algorithm.hpp"
#include "report/dataset_items.hpp"
#include "report/identity.hpp"
#include "report/series_text.hpp"

namespace calcinode::report {
namespace {

// General Study, Patient, Patient Study and Clinical Trial modules (PS3.3 C.7.1, C.7.2), and what the bytes
// of their text mean.
const std::vector<DcmTagKey>& taken_over() {
    static const std::vector<DcmTagKey> tags{
        DCM_SpecificCharacterSet,
        DCM_TimezoneOffsetFromUTC,
        DCM_StudyInstanceUID,
        DCM_StudyDate,
        DCM_StudyTime,
        DCM_StudyID,
        DCM_StudyDescription,
        DCM_AccessionNumber,
        DCM_IssuerOfAccessionNumberSequence,
        DCM_ReferringPhysicianName,
        DCM_ReferringPhysicianIdentificationSequence,
        DCM_ConsultingPhysicianName,
        DCM_ConsultingPhysicianIdentificationSequence,
        DCM_PhysiciansOfRecord,
        DCM_PhysiciansOfRecordIdentificationSequence,
        DCM_NameOfPhysiciansReadingStudy,
        DCM_PhysiciansReadingStudyIdentificationSequence,
        DCM_RequestingService,
        DCM_RequestingServiceCodeSequence,
        DCM_ReferencedStudySequence,
        DCM_ProcedureCodeSequence,
        DCM_ReasonForPerformedProcedureCodeSequence,
        DCM_PatientName,
        DCM_PatientID,
        DCM_IssuerOfPatientID,
        DCM_IssuerOfPatientIDQualifiersSequence,
        DCM_TypeOfPatientID,
        DCM_PatientBirthDate,
        DCM_PatientBirthTime,
        DCM_PatientSex,
        DCM_OtherPatientIDsSequence,
        DCM_OtherPatientNames,
        DCM_ReferencedPatientSequence,
        DCM_EthnicGroup,
        DCM_PatientComments,
        DCM_QualityControlSubject,
        DCM_PatientSpeciesDescription,
        DCM_PatientSpeciesCodeSequence,
        DCM_PatientBreedDescription,
        DCM_PatientBreedCodeSequence,
        DCM_BreedRegistrationSequence,
        DCM_ResponsiblePerson,
        DCM_ResponsiblePersonRole,
        DCM_ResponsibleOrganization,
        DCM_PatientIdentityRemoved,
        DCM_DeidentificationMethod,
        DCM_DeidentificationMethodCodeSequence,
        DCM_LongitudinalTemporalInformationModified,
        DCM_PatientAge,
        DCM_PatientSize,
        DCM_PatientWeight,
        DCM_AdmittingDiagnosesDescription,
        DCM_AdmittingDiagnosesCodeSequence,
        DCM_AdmissionID,
        DCM_IssuerOfAdmissionIDSequence,
        DCM_ServiceEpisodeID,
        DCM_ServiceEpisodeDescription,
        DCM_ReasonForVisit,
        DCM_Occupation,
        DCM_AdditionalPatientHistory,
        DCM_PatientSexNeutered,
        DCM_MedicalAlerts,
        DCM_Allergies,
        DCM_SmokingStatus,
        DCM_PregnancyStatus,
        DCM_LastMenstrualDate,
        DCM_PatientState,
        DCM_ClinicalTrialSponsorName,
        DCM_ClinicalTrialProtocolID,
        DCM_ClinicalTrialProtocolName,
        DCM_ClinicalTrialSiteID,
        DCM_ClinicalTrialSiteName,
        DCM_ClinicalTrialSubjectID,
        DCM_ClinicalTrialSubjectReadingID,
        DCM_ClinicalTrialTimePointID,
        DCM_ClinicalTrialTimePointDescription,
    };
    return tags;
}

// Type 2: must be there, may be empty.
const std::array<DcmTagKey, 9> made_empty_where_missing{
    DCM_StudyDate,   DCM_StudyTime, DCM_StudyID,          DCM_AccessionNumber, DCM_ReferringPhysicianName,
    DCM_PatientName, DCM_PatientID, DCM_PatientBirthDate, DCM_PatientSex};

bool all_digits(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string text_of(DcmItem& item, const DcmTagKey& tag) {
    OFString value;
    if (item.findAndGetOFString(tag, value).bad()) return {};
    std::string text = value.c_str();
    while (!text.empty() && text.back() == ' ') text.pop_back();
    return text;
}

bool is_date(std::string_view text) {
    return text.size() == 8 && all_digits(text) && text >= "19000101";
}

// HHMMSS, with or without a fraction.
bool is_time(std::string_view text) {
    if (text.size() < 6 || text.size() > 13 || !all_digits(text.substr(0, 6))) return false;
    if (text.substr(0, 2) > "23" || text.substr(2, 2) > "59" || text.substr(4, 2) > "59") return false;
    return text.size() == 6 || (text[6] == '.' && text.size() > 7 && all_digits(text.substr(7)));
}

}  // namespace

SourceHeader::SourceHeader(dicom::File file) : file_(std::make_unique<dicom::File>(std::move(file))) {
    // Where the source has no date at all: the standard demands one, and this one is nobody's.
    content_date_ = "19000101";
    content_time_ = "000000";
    const std::array<std::array<DcmTagKey, 2>, 4> moments{{{DCM_ContentDate, DCM_ContentTime},
                                                           {DCM_AcquisitionDate, DCM_AcquisitionTime},
                                                           {DCM_SeriesDate, DCM_SeriesTime},
                                                           {DCM_StudyDate, DCM_StudyTime}}};
    for (const auto& [date_tag, time_tag] : moments) {
        const auto date = text_of(dataset(), date_tag);
        if (!is_date(date)) continue;
        auto time = text_of(dataset(), time_tag);
        if (!is_time(time)) time = "000000";
        if (date + time > content_date_ + content_time_) {
            content_date_ = date;
            content_time_ = time;
        }
    }
}

Result<SourceHeader> SourceHeader::read(const SeriesSource& source) {
    if (source.slices.empty()) return fail("series " + source.series_uid + " has no slices to report on");
    const auto& path = source.slices.front().file;
    auto file = dicom::File::open(path);
    if (!file) return fail("can't read " + path.string() + ": " + file.error().what);
    return SourceHeader(std::move(*file));
}

void SourceHeader::copy_patient_and_study(DcmItem& target) const {
    for (const auto& tag : taken_over()) {
        target.findAndDeleteElement(tag);
        // A copy of the element keeps its bytes, padding included; nothing is converted.
        if (dataset().tagExists(tag)) dataset().findAndInsertCopyOfElement(tag, &target);
    }
    for (const auto& tag : made_empty_where_missing)
        if (!target.tagExists(tag)) target.insertEmptyElement(tag);
}

void set_common_attributes(DcmItem& target, const ReportContext& context, ObjectKind kind,
                           const char* sop_class_uid, const char* modality) {
    const auto& header = context.header;
    header.copy_patient_and_study(target);
    put(target, DCM_StudyInstanceUID, context.source.study_uid);

    put(target, DCM_SOPClassUID, sop_class_uid);
    put(target, DCM_SOPInstanceUID, instance_uid_of(context.options, kind).str());
    put(target, DCM_InstanceNumber, std::to_string(context.options.revision));
    put(target, DCM_ContentDate, header.content_date());
    put(target, DCM_ContentTime, header.content_time());
    // Whatever would differ from run to run is left out; both are optional.
    target.findAndDeleteElement(DCM_InstanceCreationDate);
    target.findAndDeleteElement(DCM_InstanceCreationTime);
    target.findAndDeleteElement(DCM_InstanceCreatorUID);

    put(target, DCM_Modality, modality);
    put(target, DCM_SeriesInstanceUID, series_uid_of(context.options, kind).str());
    const int series_number = context.options.first_series_number + static_cast<int>(kind);
    put(target, DCM_SeriesNumber, std::to_string(series_number));
    put(target, DCM_SeriesDescription, series_description(context.options, context.findings, kind));

    put(target, DCM_Manufacturer, std::string(our_manufacturer));
    put(target, DCM_ManufacturerModelName, std::string(our_model));
    put(target, DCM_SoftwareVersions, CALCINODE_VERSION "\\" + analysis_text());
    // The standard wants a serial number of some classes; software has none but its version.
    put(target, DCM_DeviceSerialNumber, CALCINODE_VERSION);
}

void set_body_part(DcmItem& target, const ReportContext& context) {
    const auto part = text_of(context.header.dataset(), DCM_BodyPartExamined);
    put(target, DCM_BodyPartExamined, part.empty() ? "SPINE" : part);
}

void put_earlier_revision(DcmItem& target, const ReportContext& context, const char* sop_class_uid) {
    for (const auto& earlier : context.options.earlier) {
        if (earlier.sop_class_uid != sop_class_uid) continue;
        DcmItem& item = add_item(target, DCM_ReferencedInstanceSequence);
        put_reference(item, earlier.sop_class_uid, earlier.sop_instance_uid);
        put_code(item, DCM_PurposeOfReferenceCodeSequence, codes::earlier_revision);
    }
}

Result<ReportObject> write_object(std::unique_ptr<DcmDataset> dataset, ObjectKind kind,
                                  const std::filesystem::path& file) {
    auto target = AtomicFile::create(file);
    if (!target) return std::unexpected(target.error());
    ReportObject object{kind, text_of(*dataset, DCM_SOPClassUID), text_of(*dataset, DCM_SOPInstanceUID),
                        file};
    DcmFileFormat format(dataset.release(), OFFalse /* no copy: it is the format's now */);
    // Written by name into the file that `target` holds open, and then commits.
    const OFCondition status = format.saveFile(OFFilename(target->temporary_path().c_str()),
                                               EXS_LittleEndianExplicit, EET_ExplicitLength, EGL_withoutGL);
    if (status.bad()) return fail("can't write " + file.string() + ": " + status.text());
    if (auto committed = target->commit(); !committed) return std::unexpected(committed.error());
    return object;
}

}  // namespace calcinode::report
