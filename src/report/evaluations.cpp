#include "report/evaluations.hpp"

#include "report/dataset_items.hpp"
#include "report/quality.hpp"
#include "report/spine_wording.hpp"
#include "report/sr_values.hpp"
#include "report/wording.hpp"

namespace calcinode::report {
namespace {

class Evaluations {
  public:
    explicit Evaluations(TID1500_MeasurementReport& report) : report_(report) {}

    void code(const Code& name, const Code& value) {
        require(report_.addQualitativeEvaluation(coded(name), coded(value)), name.meaning);
    }
    void text(const Code& name, const std::string& words) {
        if (!words.empty())
            require(report_.addQualitativeEvaluation(coded(name), words.c_str()), name.meaning);
    }

  private:
    TID1500_MeasurementReport& report_;
};

void add_verdict(Evaluations& to, const Findings& findings) {
    to.code(codes::cad_processing,
            findings.verdict == Verdict::negative ? codes::cad_without_findings : codes::cad_with_findings);
    to.code(codes::pathologic_calcification, codes::verdict(findings.verdict));
    to.code(codes::severity, codes::severity_of(findings));
    if (const auto category = acr_category(findings))
        to.code(codes::actionability, codes::acr_actionable(*category));
}

void add_deposits(Evaluations& to, const Findings& findings) {
    for (const auto& deposit : findings.deposits) to.text(codes::finding, deposit_words(deposit));
}

// As text, which the template has room for: numbers need a group with a region of its own.
void add_spine(Evaluations& to, const Spine& spine) {
    for (const auto& mean : trabecular_means(spine))
        to.text(codes::attenuation, trabecular_words(mean, spine.contrast));
    to.text(codes::area, canal_words(spine));
    to.text(codes::vertebrae_in_view, names_in_view(spine));
}

void add_not_reported(Evaluations& to, const Findings& findings) {
    for (const auto& group : not_reported(findings))
        to.code(group.could_be_deposit ? codes::could_be_deposit : codes::not_a_deposit,
                codes::mimic(group.mimic, findings.spine.contrast));
    to.text(codes::comment, not_reported_words(findings));
}

}  // namespace

void add_evaluations(TID1500_MeasurementReport& report, const ReportContext& context) {
    Evaluations to(report);
    const auto& findings = context.findings;
    to.text(codes::conclusion, revision_words(context.options) + conclusion(findings));
    add_verdict(to, findings);
    add_deposits(to, findings);
    add_spine(to, findings.spine);
    add_not_reported(to, findings);
    for (const auto& limit : quality_findings(context)) {
        to.code(codes::quality_finding, limit.code);
        to.text(codes::comment, limit.words);
    }
}

}  // namespace calcinode::report
