#include <array>
#include <utility>

#include "report/codes.hpp"
#include "report/wording.hpp"

namespace calcinode::report::codes {
namespace {

// By hand, so that a code keeps its meaning wherever an enumerator stands.
const char* value_of(Mimic mimic) {
    switch (mimic) {
        case Mimic::vertebral_bone:
            return "CALC101";
        case Mimic::facet_hypertrophy:
            return "CALC102";
        case Mimic::osteophyte:
            return "CALC103";
        case Mimic::bridging_ossification:
            return "CALC104";
        case Mimic::calcified_disc:
            return "CALC105";
        case Mimic::posterior_longitudinal_ligament:
            return "CALC106";
        case Mimic::ligamentum_flavum:
            return "CALC107";
        case Mimic::nuchal_ligament:
            return "CALC108";
        case Mimic::hyoid:
            return "CALC109";
        case Mimic::styloid:
            return "CALC110";
        case Mimic::laryngeal_cartilage:
            return "CALC111";
        case Mimic::rib_cartilage:
            return "CALC112";
        case Mimic::rib_or_shoulder:
            return "CALC113";
        case Mimic::jaw_or_tooth:
            return "CALC114";
        case Mimic::skull_base:
            return "CALC115";
        case Mimic::metal:
            return "CALC116";
        case Mimic::metal_streak:
            return "CALC117";
        case Mimic::motion_artefact:
            return "CALC130";
        case Mimic::arterial_plaque:
            return "CALC118";
        case Mimic::contrast_in_vessel:
            return "CALC119";
        case Mimic::oral_contrast:
            return "CALC120";
        case Mimic::lymph_node:
            return "CALC121";
        case Mimic::tonsillolith:
            return "CALC122";
        case Mimic::thyroid_nodule:
            return "CALC123";
        case Mimic::kidney_or_stone:
            return "CALC124";
        case Mimic::tube_or_wire:
            return "CALC125";
        case Mimic::outside_body:
            return "CALC126";
        case Mimic::cut_by_view:
            return "CALC127";
        case Mimic::too_small:
            return "CALC128";
        case Mimic::other:
            return "CALC129";
    }
    std::unreachable();
}

}  // namespace

// The words are literals: their data end with a null character.
Code mimic(Mimic mimic, bool contrast) {
    return {value_of(mimic), own_scheme, mimic_words(mimic, contrast).data()};
}

}  // namespace calcinode::report::codes
