#include "dicom/study_header.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <array>

#include "dicom/attributes.hpp"
#include "dicom/file.hpp"
#include "dicom/utf8.hpp"

namespace calcinode::dicom {
namespace {

const std::array<DcmTagKey, 24> wanted{DCM_SpecificCharacterSet,
                                       DCM_PatientName,
                                       DCM_PatientID,
                                       DCM_IssuerOfPatientID,
                                       DCM_IssuerOfPatientIDQualifiersSequence,
                                       DCM_PatientBirthDate,
                                       DCM_PatientSex,
                                       DCM_AdmissionID,
                                       DCM_StudyInstanceUID,
                                       DCM_StudyID,
                                       DCM_StudyDate,
                                       DCM_StudyTime,
                                       DCM_StudyDescription,
                                       DCM_AccessionNumber,
                                       DCM_IssuerOfAccessionNumberSequence,
                                       DCM_ReferringPhysicianName,
                                       DCM_PlacerOrderNumberImagingServiceRequest,
                                       DCM_FillerOrderNumberImagingServiceRequest,
                                       DCM_RequestedProcedureID,
                                       DCM_RequestedProcedureCodeSequence,
                                       DCM_RequestedProcedureDescription,
                                       DCM_ProcedureCodeSequence,
                                       DCM_RequestAttributesSequence,
                                       DCM_ScheduledProcedureStepID};

constexpr std::size_t longest_text = 1024;  // bytes; the longest of these attributes has 5 x 64 characters

// The length of the well-formed UTF-8 character that `text` begins with (RFC 3629), 0 where it is none.
std::size_t character_length(std::string_view text) {
    const auto byte = [&](std::size_t n) { return static_cast<unsigned char>(text[n]); };
    const auto lead = byte(0);
    const std::size_t length = lead < 0x80   ? 1
                               : lead < 0xC2 ? 0
                               : lead < 0xE0 ? 2
                               : lead < 0xF0 ? 3
                               : lead < 0xF5 ? 4
                                             : 0;
    if (length == 0 || length > text.size()) return 0;
    for (std::size_t n = 1; n < length; ++n)
        if ((byte(n) & 0xC0) != 0x80) return 0;
    const bool bad = length > 2 && ((lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xED && byte(1) > 0x9F) ||
                                    (lead == 0xF0 && byte(1) < 0x90) || (lead == 0xF4 && byte(1) > 0x8F));
    return bad ? 0 : length;
}

std::string showable(std::string_view text) {
    std::string clean;
    while (!text.empty() && clean.size() < longest_text) {
        const auto length = character_length(text);
        const auto first = static_cast<unsigned char>(text.front());
        if (length == 0)
            clean += '?';
        else if (first < ' ' || first == 0x7F)
            clean += ' ';
        else
            clean += text.substr(0, length);
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return clean;
}

std::string clean_text(DcmItem& item, const DcmTagKey& tag) {
    return showable(without_escaped(text_or_empty(item, tag)));
}

std::string of_first_item(DcmItem& item, const DcmTagKey& sequence, const DcmTagKey& tag) {
    auto* const first = sequence_item(item, sequence);
    return first ? clean_text(*first, tag) : "";
}

void read_patient(DcmItem& item, StudyHeader& header) {
    header.patient_name = clean_text(item, DCM_PatientName);
    header.patient_id = clean_text(item, DCM_PatientID);
    header.issuer = clean_text(item, DCM_IssuerOfPatientID);
    const auto qualifiers = DCM_IssuerOfPatientIDQualifiersSequence;
    header.issuer_universal_id = of_first_item(item, qualifiers, DCM_UniversalEntityID);
    header.issuer_id_type = of_first_item(item, qualifiers, DCM_UniversalEntityIDType);
    header.birth_date = clean_text(item, DCM_PatientBirthDate);
    header.sex = clean_text(item, DCM_PatientSex);
    header.admission_id = clean_text(item, DCM_AdmissionID);
}

CodedText procedure_of(DcmItem& item) {
    for (const auto& sequence : {DCM_ProcedureCodeSequence, DCM_RequestedProcedureCodeSequence})
        if (auto* const code = sequence_item(item, sequence))
            return {clean_text(*code, DCM_CodeValue), clean_text(*code, DCM_CodingSchemeDesignator),
                    clean_text(*code, DCM_CodeMeaning)};
    return {};
}

// From the item of the request that the image was made for, or else from the image itself.
std::string of_request(DcmItem& item, const DcmTagKey& tag) {
    const auto text = of_first_item(item, DCM_RequestAttributesSequence, tag);
    return text.empty() ? clean_text(item, tag) : text;
}

void read_order(DcmItem& item, StudyHeader& header) {
    header.accession = clean_text(item, DCM_AccessionNumber);
    if (header.accession.empty()) header.accession = of_request(item, DCM_AccessionNumber);
    header.accession_issuer =
        of_first_item(item, DCM_IssuerOfAccessionNumberSequence, DCM_LocalNamespaceEntityID);
    header.placer_order = of_request(item, DCM_PlacerOrderNumberImagingServiceRequest);
    header.filler_order = of_request(item, DCM_FillerOrderNumberImagingServiceRequest);
    header.requested_procedure_id = of_request(item, DCM_RequestedProcedureID);
    header.scheduled_step_id = of_request(item, DCM_ScheduledProcedureStepID);
    header.procedure = procedure_of(item);
    header.referring_physician = clean_text(item, DCM_ReferringPhysicianName);
}

}  // namespace

Result<StudyHeader> read_study_header(const std::filesystem::path& image) {
    auto file = File::open(image);
    if (!file) return std::unexpected(file.error());
    auto item = utf8_copy(file->dataset(), wanted);
    StudyHeader header;
    read_patient(item, header);
    read_order(item, header);
    header.study_uid = uid(item, DCM_StudyInstanceUID).value_or("");
    header.study_id = clean_text(item, DCM_StudyID);
    header.study_date = clean_text(item, DCM_StudyDate);
    header.study_time = clean_text(item, DCM_StudyTime);
    header.description = clean_text(item, DCM_StudyDescription);
    return header;
}

}  // namespace calcinode::dicom
