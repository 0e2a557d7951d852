// Who and what a study is about, as far as other systems want to be told: patient, order, procedure.
//
// All texts are UTF-8 without control characters, bounded in length, and empty where the image has none;
// bytes that are no UTF-8 became question marks.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace calcinode::dicom {

// A coded concept as the image has it.
struct CodedText {
    std::string value, scheme, meaning;
};

struct StudyHeader {
    std::string patient_name;  // DICOM's PN: "Family^Given^Middle^Prefix^Suffix=ideographic=phonetic"
    std::string patient_id;
    std::string issuer;                               // of the Patient ID
    std::string issuer_universal_id, issuer_id_type;  // for example an OID, and ISO
    std::string birth_date;                           // YYYYMMDD
    std::string sex;                                  // M, F or O
    std::string admission_id;
    std::string study_uid, study_id, study_date, study_time, description;
    std::string accession, accession_issuer;
    std::string referring_physician;  // PN
    std::string placer_order, filler_order;
    std::string requested_procedure_id, scheduled_step_id;
    CodedText procedure;
};

// Of any image of the study.
Result<StudyHeader> read_study_header(const std::filesystem::path& image);

}  // namespace calcinode::dicom
