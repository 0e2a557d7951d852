#include <cmath>
#include <nlohmann/json.hpp>

#include "analysis/version.hpp"
#include "report/report.hpp"
#include "report/spine_wording.hpp"
#include "report/wording.hpp"

namespace calcinode::report {
namespace {

using Json = nlohmann::ordered_json;  // keys in the order in which they are written

constexpr const char* schema_name = "calcinode.result/1";

// Steps to which numbers are rounded: finer ones would be noise.
constexpr double mm_step = 0.01, hu_step = 0.1, area_step = 0.1, volume_step = 0.1, percent_step = 0.1;
constexpr double fraction_step = 0.001, second_step = 0.001, direction_step = 0.0001, evidence_step = 0.001;

// The multiple of `step` (a power of ten) nearest to `value`, printed with the fewest digits. Not a number is
// 0.
double rounded(double value, double step) {
    if (!std::isfinite(value)) return 0;
    const double per_unit = std::round(1 / step);
    return std::round(value * per_unit) / per_unit + 0.0;  // never -0
}

Json point(LpsPoint p) {
    return Json::array({rounded(p.x, mm_step), rounded(p.y, mm_step), rounded(p.z, mm_step)});
}

Json direction(Vec3 d) {
    return Json::array(
        {rounded(d.x, direction_step), rounded(d.y, direction_step), rounded(d.z, direction_step)});
}

Json or_null(const std::optional<double>& value, double step) {
    return value ? Json(rounded(*value, step)) : Json(nullptr);
}

Json alternatives_of(const std::vector<LevelAlternative>& alternatives) {
    Json all = Json::array();
    for (const auto& a : alternatives) {
        Json one;
        one["level"] = a.level;
        one["probability"] = rounded(a.probability, fraction_step);
        all.push_back(std::move(one));
    }
    return all;
}

Json evidence_of(const std::vector<Evidence>& evidence) {
    Json all = Json::array();
    for (const auto& e : evidence) {
        Json one;
        one["feature"] = e.feature;
        one["value"] = rounded(e.value, evidence_step);
        one["log_odds"] = rounded(e.log_odds, evidence_step);
        all.push_back(std::move(one));
    }
    return all;
}

Json series_of(const std::vector<SeriesLine>& lines) {
    Json all = Json::array();
    for (const auto& line : lines) {
        Json one;
        one["uid"] = line.uid;
        one["selected"] = line.selected;
        one["reason"] = line.reason;
        one["slices"] = line.slices;
        one["spacing_mm"] = Json::array();
        for (const double s : line.spacing_mm) one["spacing_mm"].push_back(rounded(s, 0.0001));
        all.push_back(std::move(one));
    }
    return all;
}

Json vertebra_of(const Vertebra& v) {
    Json one;
    one["level"] = v.level;
    one["confidence"] = rounded(v.confidence, fraction_step);
    one["alternatives"] = alternatives_of(v.alternatives);
    one["body_lps_mm"] = point(v.body);
    one["canal_lps_mm"] = point(v.canal);
    one["upper_endplate_lps_mm"] = point(v.upper_endplate);
    one["lower_endplate_lps_mm"] = point(v.lower_endplate);
    one["axes"]["down"] = direction(v.down);
    one["axes"]["left"] = direction(v.left);
    one["axes"]["back"] = direction(v.back);
    one["depth_mm"] = rounded(v.depth_mm, mm_step);
    one["canal_area_mm2"] = or_null(v.canal_area_mm2, area_step);
    one["trabecular_hu"] = or_null(v.trabecular_hu, hu_step);
    return one;
}

Json slip_of(const Listhesis& l) {
    Json one;
    one["upper"] = l.upper;
    one["lower"] = l.lower;
    one["upper_index"] = l.upper_index;
    one["slip_mm"] = rounded(l.slip_mm, mm_step);
    one["uncertainty_mm"] = rounded(l.uncertainty_mm, mm_step);
    one["place_lps_mm"] = point(l.place);
    one["reported"] = is_spondylolisthesis(l);
    return one;
}

Json landmark_of(const Landmark& l) {
    Json one;
    one["name"] = l.name;
    one["level"] = l.level;
    one["place_lps_mm"] = point(l.place);
    return one;
}

Json spine_of(const Spine& spine) {
    Json json;
    json["regions"] = spine.regions;
    json["contrast"] = spine.contrast;
    json["canal_lps_mm"] = Json::array();
    for (const auto& p : spine.canal) json["canal_lps_mm"].push_back(point(p));
    json["vertebrae"] = Json::array();
    for (const auto& v : spine.vertebrae) json["vertebrae"].push_back(vertebra_of(v));
    json["listhesis"] = Json::array();
    for (const auto& l : spine.listhesis) json["listhesis"].push_back(slip_of(l));
    json["landmarks"] = Json::array();
    for (const auto& l : spine.landmarks) json["landmarks"].push_back(landmark_of(l));
    return json;
}

Json lesion_of(const Deposit& d, const std::string& tracking_uid) {
    Json one;
    one["id"] = d.id;
    one["tracking_uid"] = tracking_uid;
    one["level"] = d.level;
    one["level_confidence"] = rounded(d.level_confidence, fraction_step);
    one["alternatives"] = alternatives_of(d.alternatives);
    one["levels"] = d.levels;
    one["compartment"] = std::string(to_string(d.compartment));
    one["side"] = std::string(to_string(d.side));
    one["volume_mm3"] = rounded(d.volume_mm3, volume_step);
    one["fluid_mm3"] = rounded(d.fluid_mm3, volume_step);
    one["mean_hu"] = rounded(d.mean_hu, hu_step);
    one["max_hu"] = rounded(d.max_hu, hu_step);
    one["sd_hu"] = rounded(d.sd_hu, hu_step);
    one["long_axis_mm"] = rounded(d.long_axis_mm, mm_step);
    one["centroid_lps_mm"] = point(d.centroid);
    one["canal_distance_mm"] = rounded(d.canal_distance_mm, mm_step);
    one["canal_occupied_percent"] = rounded(d.canal_occupied_percent, percent_step);
    one["confidence"] = rounded(d.confidence, fraction_step);
    one["evidence"] = evidence_of(d.evidence);
    return one;
}

Json excluded_of(const Excluded& e, bool contrast) {
    Json one;
    one["mimic"] = std::string(to_string(e.mimic));
    one["reason"] = std::string(mimic_words(e.mimic, contrast));
    one["volume_mm3"] = rounded(e.volume_mm3, volume_step);
    one["mean_hu"] = rounded(e.mean_hu, hu_step);
    one["max_hu"] = rounded(e.max_hu, hu_step);
    one["centroid_lps_mm"] = point(e.centroid);
    one["level"] = e.level;
    one["could_be_deposit"] = e.could_be_deposit;
    one["evidence"] = evidence_of(e.evidence);
    return one;
}

Json change_of(const DepositChange& change) {
    Json one;
    one["prior_volume_mm3"] = rounded(change.prior_volume_mm3, volume_step);
    one["percent"] = rounded(change.percent, percent_step);
    one["trend"] = std::string(to_string(change.trend));
    return one;
}

Json groups_of(const std::vector<Regrouped>& groups) {
    Json all = Json::array();
    for (const auto& group : groups) {
        Json one;
        one["lesions"] = group.deposit_ids;
        one["prior_count"] = group.prior_count;
        one["volume_mm3"] = rounded(group.volume_mm3, volume_step);
        one["prior_volume_mm3"] = rounded(group.prior_volume_mm3, volume_step);
        all.push_back(std::move(one));
    }
    return all;
}

// Of all together.
Json comparison_of(const Comparison& comparison) {
    Json one;
    one["volume_mm3"] = rounded(comparison.volume_mm3, volume_step);
    one["prior_volume_mm3"] = rounded(comparison.prior_volume_mm3, volume_step);
    one["percent"] = or_null(comparison.percent, percent_step);
    one["trend"] = comparison.trend ? Json(std::string(to_string(*comparison.trend))) : Json(nullptr);
    one["prior_study_uid"] = comparison.prior.of.study_uid;
    one["prior_date"] = comparison.prior.of.date;
    one["prior_report_uid"] = comparison.prior.sop_instance_uid;
    one["without_counterpart"] = comparison.unmatched;
    one["new"] = Json::array();
    for (const auto& deposit : comparison.fresh) one["new"].push_back(deposit.deposit_id);
    one["compared_together"] = groups_of(comparison.regrouped);
    one["gone"] = comparison.gone.size();
    one["not_comparable"] = comparison.not_comparable.size();
    return one;
}

// The deposits' own, and that of all.
void put_changes(Json& json, const Comparison& comparison) {
    for (auto& lesion : json["lesions"]) {
        const auto* change = comparison.of(lesion["id"].get<int>());
        lesion["change"] = change ? change_of(*change) : Json();
    }
    json["change"] = comparison_of(comparison);
}

void put_findings(Json& json, const Findings& findings, const std::string& identity,
                  const Comparison* comparison) {
    json["spine"] = spine_of(findings.spine);
    json["lesions"] = Json::array();
    for (const auto& d : findings.deposits)
        json["lesions"].push_back(lesion_of(d, tracking_uid(identity, d.id, comparison)));
    json["excluded"] = Json::array();
    for (const auto& e : findings.excluded)
        json["excluded"].push_back(excluded_of(e, findings.spine.contrast));
    json["motion"] = Json::array();
    for (const auto& step : findings.motion)
        json["motion"].push_back(
            {{"lps_mm", point(step.place)}, {"step_mm", rounded(step.step_mm, mm_step)}});
    json["totals"]["count"] = findings.deposits.size();
    json["totals"]["volume_mm3"] = rounded(findings.total_volume_mm3(), volume_step);
}

}  // namespace

std::string result_json(const StudyOutcome& outcome, const std::string& identity) {
    const bool analysed = outcome.status == Status::analysed && outcome.findings.has_value();
    Json json;
    json["schema"] = schema_name;
    json["software"]["name"] = "Calcinode";
    json["software"]["version"] = CALCINODE_VERSION;
    json["software"]["analysis"] = analysis_version;
    json["study_uid"] = outcome.study_uid;
    json["status"] = std::string(to_string(outcome.status));
    json["reason_code"] = outcome.reason_code;
    json["reason"] = outcome.reason;
    json["verdict"] = analysed ? Json(std::string(to_string(outcome.findings->verdict))) : Json(nullptr);
    json["severity"] = analysed ? Json(std::string(to_string(outcome.findings->severity))) : Json(nullptr);
    const auto category = analysed ? acr_category(*outcome.findings) : std::nullopt;
    json["acr_category"] = category ? Json(*category) : Json(nullptr);
    const auto* const leading = analysed ? outcome.findings->leading() : nullptr;
    json["leading_lesion"] = leading ? Json(leading->id) : Json(nullptr);
    json["series"] = series_of(outcome.series);
    put_findings(json, analysed ? *outcome.findings : Findings{}, identity,
                 outcome.comparison ? &*outcome.comparison : nullptr);
    if (outcome.comparison) put_changes(json, *outcome.comparison);
    json["remarks"] = outcome.remarks;
    if (!outcome.prior_remark.empty()) json["remarks"].push_back(outcome.prior_remark);
    json["timing_s"] = Json::object();
    for (const auto& [name, seconds] : outcome.timing_s)
        json["timing_s"][name] = rounded(seconds, second_step);
    // A reason may quote a received value: bytes that are not UTF-8 become the replacement character.
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace calcinode::report
