#include "report/change_items.hpp"

#include <optional>
#include <stdexcept>

#include "base/decimals.hpp"
#include "report/change_wording.hpp"
#include "report/codes.hpp"
#include "report/dataset_items.hpp"
#include "report/sr_values.hpp"

namespace calcinode::report {
namespace {

// Adds items below the container of qualitative evaluations.
class ChangeWriter {
  public:
    ChangeWriter(DSRDocumentTree& tree, const PriorResult& prior) : tree_(tree), prior_(prior) {
        if (tree_.gotoNamedNode(coded(codes::qualitative_evaluations)) == 0)
            throw std::runtime_error("the report has no qualitative evaluations");
    }

    // `tracking` names the deposit; "" for all together.
    void comparison(const Code& trend, std::optional<double> percent, const std::string& words,
                    const std::string& tracking) {
        enter(DSRTypes::RT_contains, DSRTypes::VT_Code, codes::comparison);
        require(item().setCodeValue(coded(trend)), "trend");
        if (!tracking.empty()) text(codes::tracking_identifier, tracking);
        text(codes::comment, words);
        if (percent) {
            enter(DSRTypes::RT_hasProperties, DSRTypes::VT_Num, codes::volume_change);
            require(item().setNumericValue({with_decimals(*percent, 1).c_str(), coded(codes::percent)}),
                    "change");
            tree_.goUp();
        }
        enter(DSRTypes::RT_inferredFrom, DSRTypes::VT_Composite, codes::previous_finding);
        require(item().setCompositeReference({prior_.sop_class_uid.c_str(), prior_.sop_instance_uid.c_str()}),
                "reference to the earlier report");
        tree_.goUp();
        tree_.goUp();
    }
    void remark(const std::string& words) {
        enter(DSRTypes::RT_contains, DSRTypes::VT_Text, codes::comparison);
        require(item().setStringValue(words.c_str()), "remark");
        tree_.goUp();
    }

  private:
    void enter(DSRTypes::E_RelationshipType relationship, DSRTypes::E_ValueType type, const Code& name) {
        if (tree_.addContentItem(relationship, type, DSRTypes::AM_belowCurrent) == 0)
            throw std::runtime_error("content item refused");
        require(item().setConceptName(coded(name)), name.meaning);
    }
    void text(const Code& name, const std::string& value) {
        enter(DSRTypes::RT_hasProperties, DSRTypes::VT_Text, name);
        require(item().setStringValue(value.c_str()), name.meaning);
        tree_.goUp();
    }
    DSRContentItem& item() { return tree_.getCurrentContentItem(); }

    DSRDocumentTree& tree_;
    const PriorResult& prior_;
};

}  // namespace

void add_changes(DSRDocument& document, const ReportContext& context) {
    if (!context.comparison) return;
    const auto& comparison = *context.comparison;
    const auto& prior = comparison.prior;
    ChangeWriter writer(document.getTree(), prior);
    auto lines = comparison_lines(comparison);
    if (comparison.trend) {
        writer.comparison(codes::trend_of_all(comparison), comparison.percent, lines.front(), "");
        lines.erase(lines.begin());
    }
    for (const auto& line : lines) writer.remark(line);
    for (const auto& deposit : context.findings.deposits)
        if (const auto* change = comparison.of(deposit.id))
            writer.comparison(codes::trend(change->trend), change->percent,
                              change_words(*change, deposit.volume_mm3, prior),
                              "Deposit " + std::to_string(deposit.id));
    // Of another study than the report's own: "pertinent other evidence".
    require(document.getPertinentOtherEvidence().addItem(prior.of.study_uid.c_str(), prior.series_uid.c_str(),
                                                         prior.sop_class_uid.c_str(),
                                                         prior.sop_instance_uid.c_str()),
            "evidence");
}

}  // namespace calcinode::report
