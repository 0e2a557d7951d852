// What the analysis says about a volume. Positions are LPS millimetres, attenuations Hounsfield units.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/volume.hpp"

namespace calcinode {

enum class Verdict { negative, indeterminate, positive };
enum class Compartment { canal, foramen, facet, posterior, paraspinal, prevertebral };
enum class Side { left, right, midline };

// How much the deposits threaten what runs through the canal (see analysis/verdict.hpp).
enum class Severity { none, mild, moderate, severe };
// What of a deposit makes it so grave; none where nothing does.
enum class SeverityReason { none, canal_share, place, volume };

// What something dense near the spine is taken for when it is not reported as a deposit.
enum class Mimic {
    vertebral_bone,  // asymmetric or hypertrophic, and none of the following
    facet_hypertrophy,
    osteophyte,
    bridging_ossification,  // diffuse idiopathic skeletal hyperostosis, syndesmophyte
    calcified_disc,
    posterior_longitudinal_ligament,
    ligamentum_flavum,
    nuchal_ligament,
    hyoid,
    styloid,
    laryngeal_cartilage,
    rib_cartilage,
    rib_or_shoulder,
    jaw_or_tooth,
    skull_base,
    metal,
    metal_streak,
    motion_artefact,
    arterial_plaque,
    contrast_in_vessel,
    oral_contrast,  // barium, tablets
    lymph_node,
    tonsillolith,
    thyroid_nodule,
    kidney_or_stone,
    tube_or_wire,
    outside_body,
    cut_by_view,  // at the edge of what can be judged
    too_small,
    other,
};

std::string_view to_string(Verdict verdict);
std::string_view to_string(Compartment compartment);
std::string_view to_string(Side side);
std::string_view to_string(Severity severity);
std::string_view to_string(Mimic mimic);  // a stable code: the enumerator's own name

// The same for people, within a sentence: "facet hypertrophy", "plaque of an artery".
std::string_view in_words(Mimic mimic);

// Voxels of one thing: a box of the volume's grid and, for each voxel of the box (i fastest), whether it is
// in.
struct VoxelMask {
    VoxelIndex low;                    // first voxel of the box
    std::array<int, 3> size{};         // of the box
    std::vector<std::uint8_t> inside;  // 0 or 1

    bool at(VoxelIndex v) const {
        const int i = v.i - low.i, j = v.j - low.j, k = v.k - low.k;
        if (i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]) return false;
        return inside[(static_cast<std::size_t>(k) * static_cast<std::size_t>(size[1]) +
                       static_cast<std::size_t>(j)) *
                          static_cast<std::size_t>(size[0]) +
                      static_cast<std::size_t>(i)] != 0;
    }
};

// A name that a vertebra may have instead.
struct LevelAlternative {
    std::string level;
    double probability = 0;  // 0 to 1
};

// One vertebra. Its axes are those of its body: `down` at right angles to the endplates, `back` to the
// posterior wall, all unit vectors at right angles to each other. The disc space below it lies between its
// lower endplate and the next vertebra's upper one. C1 has no body: its "body" is its anterior arch and the
// dens behind it, and it has no endplates of its own (both stand at the body's place).
struct Vertebra {
    std::string level;  // "C1" ... "C7", "T1" ... "T12", "L1" ... "L5", "S1"; "uncertain" where no landmark
                        // supports one name, or where landmarks disagree
    double confidence = 0;  // that the level is right, 0 to 1; of the likeliest alternative where uncertain
    std::vector<LevelAlternative> alternatives;  // likeliest first; only where the level is uncertain
    LpsPoint body;                               // centre of the vertebral body
    LpsPoint canal;                              // centre of the canal at that height
    LpsPoint upper_endplate, lower_endplate;     // their centres
    Vec3 down{0, 0, -1}, left{1, 0, 0}, back{0, 1, 0};
    double depth_mm = 0;                   // of the body, front to back
    std::optional<double> canal_area_mm2;  // of the canal's cross-section, where bone encloses it
    std::optional<double> trabecular_hu;   // mean of the inner body; nothing where it can't be measured
};

// The posterior wall of one body against that of the next one below.
struct Listhesis {
    std::string upper, lower;     // levels, "uncertain" as for a vertebra
    std::size_t upper_index = 0;  // of the upper vertebra among the spine's; the lower one is the next
    double slip_mm = 0;           // of the upper body on the lower one; positive is anterior
    double uncertainty_mm = 0;    // one standard deviation
    LpsPoint place;               // the lower body's upper posterior corner
};

// From here on a slip is a spondylolisthesis that is reported: smaller ones are within the normal play of a
// neck (White and Panjabi put instability at 3.5 mm, the grading of Meyerding starts at a measurable slip)
// and within what voxels of ordinary size let measure.
inline constexpr double spondylolisthesis_mm = 3.0;

// A place of the skeleton that gives a vertebra its name.
struct Landmark {
    // "skull base", "dens", "width of the atlas", "first rib", "lung apex", "lowest rib", "level spinous
    // processes", "iliac crest"
    std::string name;
    std::string level;  // the level that it names
    LpsPoint place;     // on the spine, at its height
};

struct Spine {
    std::vector<LpsPoint> canal;       // centreline, head end first
    std::vector<Vertebra> vertebrae;   // head end first
    std::vector<Listhesis> listhesis;  // of each pair of neighbours where both walls can be measured
    std::vector<Landmark> landmarks;   // head end first
    std::vector<std::string> regions;  // in view: "cervical", "thoracic", "lumbar", "sacral", head end first
    bool contrast = false;             // vessels in front of the spine are opacified: trabecular_hu is raised
};

// One measured feature of something dense, and what it added to the log odds (natural logarithm) that it is a
// deposit. Where no stage adds to it, the confidence is the logistic function of the sum over all evidence.
struct Evidence {
    std::string feature;
    double value = 0;  // as measured, in the feature's own unit
    double log_odds = 0;
};

// A calcified deposit near the spine that is not bone.
struct Deposit {
    int id = 0;                                  // 1 for the largest
    std::string level;                           // of its centre; "uncertain" as for a vertebra
    double level_confidence = 1;                 // as for a vertebra
    std::vector<LevelAlternative> alternatives;  // as for a vertebra
    std::vector<std::string> levels;             // all that it reaches, head end first
    Compartment compartment = Compartment::paraspinal;
    Side side = Side::midline;
    double volume_mm3 = 0;
    double fluid_mm3 = 0;  // of it, fluid that stands above a level (milk of calcium); 0 without one
    double mean_hu = 0, max_hu = 0, sd_hu = 0;
    double long_axis_mm = 0;  // largest distance of two of its edges
    LpsPoint centroid;
    double canal_distance_mm = 0;       // shortest distance to the canal; 0 inside it
    double canal_occupied_percent = 0;  // of the canal's cross-section, at the worst slice
    double confidence = 0;              // that it is a deposit and not a mimic, 0 to 1
    std::vector<Evidence> evidence;     // what the confidence rests on
    VoxelMask mask;
};

// Something dense near the spine that was looked at and is not reported, so that a reader can check the
// reasons.
struct Excluded {
    Mimic mimic = Mimic::other;
    double volume_mm3 = 0;
    double mean_hu = 0, max_hu = 0;
    LpsPoint centroid{};
    std::string level = "uncertain";  // as for a deposit
    // It is of a class that can be either (ossification of the posterior longitudinal ligament, a large one
    // of the nuchal ligament, what lies in the streaks of metal or where the patient moved): it makes the
    // study indeterminate.
    bool could_be_deposit = false;
    std::vector<Evidence> evidence{};
};

// Where the patient moved between two slices.
struct MotionStep {
    LpsPoint place;  // between them, in the middle of the view
    double step_mm = 0;
};

struct Findings {
    Verdict verdict = Verdict::negative;
    Severity severity = Severity::none;
    Spine spine;
    std::vector<Deposit> deposits;  // largest first
    std::vector<Excluded> excluded;
    std::vector<MotionStep> motion{};  // lowest first
    // The deposit to look at first (see analysis/verdict.hpp), and why it is so grave.
    int leading_id = 0;
    SeverityReason severity_reason = SeverityReason::none;

    double total_volume_mm3() const;
    // The largest where none is named; null without deposits.
    const Deposit* leading() const;
};

// Why a volume can't be judged. `code` is stable and for machines, `text` for the PACS administrator.
struct Unfit {
    std::string code;  // for example "no_spine_in_view"
    std::string text;
};

}  // namespace calcinode
