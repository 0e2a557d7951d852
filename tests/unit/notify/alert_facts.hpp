// A positive result to tell of, for the tests of messages.
#pragma once

#include "notify/facts.hpp"

namespace calcinode::test {

struct AlertFacts {
    config::Alert alert;
    Findings findings;
    dicom::StudyHeader header;

    AlertFacts() {
        alert.name = "RIS";
        findings.verdict = Verdict::positive;
        findings.severity = Severity::severe;
        Deposit deposit;
        deposit.id = 1;
        deposit.level = "C4";
        deposit.levels = {"C4"};
        deposit.compartment = Compartment::facet;
        deposit.side = Side::left;
        deposit.volume_mm3 = 2481.04;
        deposit.canal_occupied_percent = 37.4;
        deposit.confidence = 0.95;
        findings.deposits = {deposit};
        header.patient_name = "Family^Given^Middle^Dr^Jr";
        header.patient_id = "ID|1";
        header.study_uid = "1.2.3";
        header.accession = "ACC";
        header.study_date = "20260131";
    }
    notify::Facts facts(int revision = 1, bool corrects = false) const {
        return {alert, findings, header, "2.25.7", 1767225600000, revision, corrects};
    }
};

}  // namespace calcinode::test
