#include "analysis/deposits/mimics.hpp"

#include <cmath>
#include <numbers>

namespace calcinode::deposits {
namespace {

// Millimetres of the curved frame, Hounsfield units and cubic millimetres; adult anatomy.
constexpr double skull_base_mm = 12;                       // mastoid, condyles, ring of C1
constexpr double styloid_mm = 20, styloid_beside_mm = 25;  // styloid process and mastoid reach lower
constexpr double widest_mm = 44, widest_lumbar_mm = 50;    // further out: ribs, scapula, jaw
constexpr double jaw_mm = 90;                              // below the skull
constexpr double tooth_hu = 650;  // of the jaw with its teeth, as far as it is in front of the neck
constexpr double metal_mean_hu = 1500;
// Artefacts are faint or small: streaks, of which a few voxels between two screws are as dense as any
// deposit, and the bone that a step of motion puts where the other side and the neighbours have none.
constexpr double artefact_hu = 500, artefact_mm3 = 300, streak_share = 0.6;
constexpr double oral_contrast_hu = 1200;  // barium; deposits in front of the spine are less dense
constexpr double front_cervical_mm = -11.5, front_mm = -15;     // in front of the bodies: larynx, aorta
constexpr double vessels_from_mm = -11, vessels_beside_mm = 9;  // in front of the canal, beside the bodies
constexpr double contrast_hu = 250;                             // blood with contrast medium, thyroid
constexpr double vertebral_artery_from_mm = -6, vertebral_artery_mm3 = 600;
constexpr double plaque_mm3 = 150;
// Cartilage of the larynx, behind the airway: a plate, or flecks beside the middle.
constexpr double cartilage_from_mm = -6, cartilage_massive = 0.42, plate_compactness = 0.55;
constexpr double fleck_mm3 = 450, fleck_from_mm = 4, fleck_to_mm = 16;
constexpr double airway_surface = 0.02;
constexpr double bridging_mm3 = 1000;
constexpr double free_of_body = 0.5;  // share of the surface; bone of a body has its cortex or disc around
constexpr double hypertrophic_mm3 = 500, sclerotic_hu = 400;
constexpr double nuchal_from_mm = 25;  // behind the canal's middle: beyond the spinous processes of the neck
constexpr double nuchal_island = 0.5;
constexpr double large_mm3 = 1000, ligament_mm3 = 300;
// In 416 volumes no part of a skull, its styloid processes aside, had more than -1.4; deposits beside C1 had
// up to 7.8. The process and its ligament, which ossifies, run to the front and below.
constexpr double plain_log_odds = 2;
// In front of chest and loin plaques are thin, or small lumps: of those in 416 volumes that were plainly
// deposits otherwise none had more than 54 mm3. A body's front is known to some millimetres: of deposits
// against one, of 1, 3 and 5 ml, the side towards it seemed to lie up to 14 mm in front of it.
constexpr double lump_in_front_mm3 = 800, lump_in_front_hu = 400, lump_before_front_mm = -14;
// Down to here: a confidence of one in eight, where deposits are reported from 0.4 on.
constexpr double undecided_log_odds = -2;

double massive(const Mass& mass) {
    return mass.candidate.features[static_cast<std::size_t>(Feature::massive)];
}

Mimic far_to_the_side(const Mass& mass) {
    const bool jaw = mass.candidate.centre.v < 0 && mass.placement.below_skull_mm < jaw_mm;
    return jaw ? Mimic::jaw_or_tooth : Mimic::rib_or_shoulder;
}

Mimic far_in_front(const Mass& mass) {
    if (mass.placement.below_skull_mm < jaw_mm && mass.mean_hu > tooth_hu) return Mimic::jaw_or_tooth;
    if (mass.mean_hu > oral_contrast_hu) return Mimic::oral_contrast;
    if (mass.placement.region == Region::cervical)
        return mass.air_surface > airway_surface || std::abs(mass.candidate.centre.u) < 15
                   ? Mimic::laryngeal_cartilage
                   : Mimic::arterial_plaque;
    if (mass.mean_hu < contrast_hu) return Mimic::contrast_in_vessel;
    return Mimic::arterial_plaque;
}

Mimic beside_the_body(const Mass& mass) {
    if (mass.mean_hu < contrast_hu) return Mimic::contrast_in_vessel;
    switch (mass.placement.region) {
        case Region::cervical:
            return mass.volume_mm3 > large_mm3 ? Mimic::hyoid : Mimic::arterial_plaque;
        case Region::thoracic:
            return Mimic::rib_or_shoulder;
        case Region::lumbar:
            return Mimic::kidney_or_stone;
    }
    return Mimic::other;
}

// Where nothing of the spine's deposits is looked for.
enum class Out { no, skull, styloid, to_the_side, sacrum, in_front, beside_body, body };

Out place_of_mimics(const spine::CurvedPoint& c, const Placement& p) {
    const double side = std::abs(c.u);
    if (p.below_skull_mm < skull_base_mm) return Out::skull;
    if (p.below_skull_mm < styloid_mm && side > styloid_beside_mm) return Out::styloid;
    if (side > (p.region == Region::lumbar ? widest_lumbar_mm : widest_mm)) return Out::to_the_side;
    if (p.sacral) return Out::sacrum;
    if (p.behind_front_mm < (p.region == Region::cervical ? front_cervical_mm : front_mm))
        return Out::in_front;
    if (c.v < vessels_from_mm && side > p.half_width_mm + vessels_beside_mm) return Out::beside_body;
    return p.zone == Zone::body ? Out::body : Out::no;
}

bool is_cartilage(const Mass& mass) {
    const auto& p = mass.placement;
    if (p.region != Region::cervical || p.behind_front_mm > cartilage_from_mm) return false;
    const double side = std::abs(mass.candidate.centre.u);
    const bool fleck = mass.volume_mm3 < fleck_mm3 && side > fleck_from_mm && side < fleck_to_mm;
    return fleck || (massive(mass) < cartilage_massive && mass.compactness < plate_compactness);
}

// Of a ball of the same volume.
double radius_mm(const Mass& mass) {
    return std::cbrt(3 * mass.volume_mm3 / (4 * std::numbers::pi));
}

bool is_lump_before_a_body(const Mass& mass) {
    const auto& p = mass.placement;
    return p.region != Region::cervical && p.zone == Zone::in_front &&
           p.behind_front_mm + radius_mm(mass) > lump_before_front_mm &&
           mass.volume_mm3 > lump_in_front_mm3 && mass.mean_hu > lump_in_front_hu;
}

}  // namespace

bool out_of_place(const spine::CurvedPoint& centre, const Placement& placement) {
    return place_of_mimics(centre, placement) != Out::no;
}

std::optional<Mimic> mimic_by_place(const Mass& mass) {
    const auto& p = mass.placement;
    const auto& c = mass.candidate.centre;
    if (mass.max_hu > metal_hu && mass.mean_hu > metal_mean_hu)
        return p.below_skull_mm < jaw_mm && c.v < front_mm ? Mimic::jaw_or_tooth : Mimic::metal;
    switch (place_of_mimics(c, p)) {
        case Out::skull:
            return Mimic::skull_base;
        case Out::styloid:
            return Mimic::styloid;
        case Out::to_the_side:
            return far_to_the_side(mass);
        case Out::body:
            // What lies against a body moves its front, as it is seen, over its own middle.
            if (mass.free_surface > free_of_body) break;
            return Mimic::vertebral_bone;
        case Out::sacrum:
            return Mimic::vertebral_bone;
        case Out::in_front:
            return far_in_front(mass);
        case Out::beside_body:
            return beside_the_body(mass);
        case Out::no:
            break;
    }
    if (c.v < vessels_from_mm && mass.mean_hu < contrast_hu) return Mimic::contrast_in_vessel;
    if (c.v < vertebral_artery_from_mm && mass.mean_hu < contrast_hu &&
        mass.volume_mm3 < vertebral_artery_mm3)
        return Mimic::contrast_in_vessel;
    if (p.zone != Zone::in_front) return {};
    if (mass.mean_hu > oral_contrast_hu) return Mimic::oral_contrast;
    if (mass.volume_mm3 < plaque_mm3) return Mimic::arterial_plaque;
    if (is_cartilage(mass)) return Mimic::laryngeal_cartilage;
    return {};
}

bool yields_to_evidence(Mimic mimic, const Mass& mass, double log_odds) {
    if (log_odds < plain_log_odds) return false;
    switch (mimic) {
        case Mimic::skull_base:
            return true;
        case Mimic::styloid:
            return mass.candidate.centre.v > 0;
        case Mimic::arterial_plaque:
            return is_lump_before_a_body(mass);
        default:
            return false;
    }
}

bool may_be_artefact(const Mass& mass) {
    const bool faint_or_small = mass.mean_hu < artefact_hu || mass.volume_mm3 < artefact_mm3;
    return (mass.at_motion || mass.in_reach_of_metal > streak_share) && faint_or_small;
}

Mimic mimic_by_exclusion(const Mass& mass) {
    if (may_be_artefact(mass)) return mass.at_motion ? Mimic::motion_artefact : Mimic::metal_streak;
    switch (mass.placement.zone) {
        case Zone::at_body:
        case Zone::body:
        case Zone::uncinate:
            return mass.volume_mm3 > bridging_mm3 ? Mimic::bridging_ossification : Mimic::osteophyte;
        case Zone::in_front:
            return mass.placement.region == Region::cervical ? Mimic::laryngeal_cartilage
                                                             : Mimic::bridging_ossification;
        case Zone::canal:
            return mass.candidate.centre.v < 0 ? Mimic::posterior_longitudinal_ligament
                                               : Mimic::ligamentum_flavum;
        case Zone::midline:
            return mass.candidate.centre.v > nuchal_from_mm && mass.island > nuchal_island
                       ? Mimic::nuchal_ligament
                       : Mimic::vertebral_bone;
        case Zone::beside:
            return mass.volume_mm3 > hypertrophic_mm3 && mass.mean_hu > sclerotic_hu
                       ? Mimic::facet_hypertrophy
                       : Mimic::vertebral_bone;
    }
    return Mimic::other;
}

bool could_be_deposit(const Mass& mass, double log_odds) {
    if (log_odds < undecided_log_odds) return false;
    switch (mimic_by_exclusion(mass)) {
        case Mimic::metal_streak:
        case Mimic::motion_artefact:
            return true;
        case Mimic::posterior_longitudinal_ligament:
            return mass.volume_mm3 > ligament_mm3;
        case Mimic::nuchal_ligament:
            return mass.volume_mm3 > large_mm3;
        default:
            return false;
    }
}

}  // namespace calcinode::deposits
