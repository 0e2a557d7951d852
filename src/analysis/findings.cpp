#include "analysis/findings.hpp"

#include <algorithm>
#include <utility>

namespace calcinode {

std::string_view to_string(Verdict verdict) {
    switch (verdict) {
        case Verdict::negative:
            return "negative";
        case Verdict::indeterminate:
            return "indeterminate";
        case Verdict::positive:
            return "positive";
    }
    std::unreachable();
}

std::string_view to_string(Compartment compartment) {
    switch (compartment) {
        case Compartment::canal:
            return "canal";
        case Compartment::foramen:
            return "foramen";
        case Compartment::facet:
            return "facet";
        case Compartment::posterior:
            return "posterior";
        case Compartment::paraspinal:
            return "paraspinal";
        case Compartment::prevertebral:
            return "prevertebral";
    }
    std::unreachable();
}

std::string_view to_string(Side side) {
    switch (side) {
        case Side::left:
            return "left";
        case Side::right:
            return "right";
        case Side::midline:
            return "midline";
    }
    std::unreachable();
}

std::string_view to_string(Severity severity) {
    switch (severity) {
        case Severity::none:
            return "none";
        case Severity::mild:
            return "mild";
        case Severity::moderate:
            return "moderate";
        case Severity::severe:
            return "severe";
    }
    std::unreachable();
}

std::string_view to_string(Mimic mimic) {
    switch (mimic) {
        case Mimic::vertebral_bone:
            return "vertebral_bone";
        case Mimic::facet_hypertrophy:
            return "facet_hypertrophy";
        case Mimic::osteophyte:
            return "osteophyte";
        case Mimic::bridging_ossification:
            return "bridging_ossification";
        case Mimic::calcified_disc:
            return "calcified_disc";
        case Mimic::posterior_longitudinal_ligament:
            return "posterior_longitudinal_ligament";
        case Mimic::ligamentum_flavum:
            return "ligamentum_flavum";
        case Mimic::nuchal_ligament:
            return "nuchal_ligament";
        case Mimic::hyoid:
            return "hyoid";
        case Mimic::styloid:
            return "styloid";
        case Mimic::laryngeal_cartilage:
            return "laryngeal_cartilage";
        case Mimic::rib_cartilage:
            return "rib_cartilage";
        case Mimic::rib_or_shoulder:
            return "rib_or_shoulder";
        case Mimic::jaw_or_tooth:
            return "jaw_or_tooth";
        case Mimic::skull_base:
            return "skull_base";
        case Mimic::metal:
            return "metal";
        case Mimic::metal_streak:
            return "metal_streak";
        case Mimic::motion_artefact:
            return "motion_artefact";
        case Mimic::arterial_plaque:
            return "arterial_plaque";
        case Mimic::contrast_in_vessel:
            return "contrast_in_vessel";
        case Mimic::oral_contrast:
            return "oral_contrast";
        case Mimic::lymph_node:
            return "lymph_node";
        case Mimic::tonsillolith:
            return "tonsillolith";
        case Mimic::thyroid_nodule:
            return "thyroid_nodule";
        case Mimic::kidney_or_stone:
            return "kidney_or_stone";
        case Mimic::tube_or_wire:
            return "tube_or_wire";
        case Mimic::outside_body:
            return "outside_body";
        case Mimic::cut_by_view:
            return "cut_by_view";
        case Mimic::too_small:
            return "too_small";
        case Mimic::other:
            return "other";
    }
    std::unreachable();
}

std::string_view in_words(Mimic mimic) {
    switch (mimic) {
        case Mimic::vertebral_bone:
            return "bone of a vertebra";
        case Mimic::facet_hypertrophy:
            return "facet hypertrophy";
        case Mimic::osteophyte:
            return "osteophyte";
        case Mimic::bridging_ossification:
            return "bridging ossification between vertebrae";
        case Mimic::calcified_disc:
            return "calcified disc";
        case Mimic::posterior_longitudinal_ligament:
            return "ossification of the posterior longitudinal ligament";
        case Mimic::ligamentum_flavum:
            return "ossification of the ligamentum flavum";
        case Mimic::nuchal_ligament:
            return "ossification of the nuchal ligament";
        case Mimic::hyoid:
            return "hyoid bone";
        case Mimic::styloid:
            return "styloid process or its ligament";
        case Mimic::laryngeal_cartilage:
            return "calcified cartilage of the larynx";
        case Mimic::rib_cartilage:
            return "calcified cartilage of a rib";
        case Mimic::rib_or_shoulder:
            return "rib or shoulder";
        case Mimic::jaw_or_tooth:
            return "jaw or tooth";
        case Mimic::skull_base:
            return "skull base";
        case Mimic::metal:
            return "metal";
        case Mimic::metal_streak:
            return "streak of metal";
        case Mimic::motion_artefact:
            return "artefact of motion";
        case Mimic::arterial_plaque:
            return "plaque of an artery";
        case Mimic::contrast_in_vessel:
            return "contrast medium in a vessel";
        case Mimic::oral_contrast:
            return "oral contrast medium or a tablet";
        case Mimic::lymph_node:
            return "calcified lymph node";
        case Mimic::tonsillolith:
            return "tonsillolith";
        case Mimic::thyroid_nodule:
            return "calcified nodule of the thyroid";
        case Mimic::kidney_or_stone:
            return "kidney or its stone";
        case Mimic::tube_or_wire:
            return "tube or wire";
        case Mimic::outside_body:
            return "object outside of the body";
        case Mimic::cut_by_view:
            return "at the edge of the view";
        case Mimic::too_small:
            return "too small to be judged";
        case Mimic::other:
            return "not a deposit";
    }
    std::unreachable();
}

const Deposit* Findings::leading() const {
    if (deposits.empty()) return nullptr;
    const auto found = std::ranges::find(deposits, leading_id, &Deposit::id);
    return found == deposits.end() ? &deposits.front() : &*found;
}

double Findings::total_volume_mm3() const {
    double total = 0;
    for (const auto& deposit : deposits) total += deposit.volume_mm3;
    return total;
}

}  // namespace calcinode
