// Every coded concept that our objects use, in one place: SNOMED CT (SCT), DICOM (DCM) and UCUM where they
// have the concept, our own scheme 99CALC only where they have none (see the comments in codes.cpp).
#pragma once

#include <string_view>

#include "analysis/findings.hpp"
#include "report/comparison.hpp"

namespace calcinode::report {

struct Code {
    const char* value;
    const char* scheme;
    const char* meaning;
};

namespace codes {

inline constexpr const char* own_scheme = "99CALC";

// What was found.
inline constexpr Code pathologic_calcification{"18115005", "SCT", "Pathologic calcification"};
inline constexpr Code morphologically_abnormal{"49755003", "SCT", "Morphologically Abnormal Structure"};

// SNOMED CT's own, not in PS3.16.
inline constexpr Code spondylolisthesis{"274152003", "SCT", "Spondylolisthesis"};
inline constexpr Code finding{"121071", "DCM", "Finding"};

// How sure, and how the analysis ended.
inline constexpr Code present{"52101004", "SCT", "Present"};
inline constexpr Code absent{"272519000", "SCT", "Absent"};
inline constexpr Code undetermined{"373068000", "SCT", "Undetermined"};
inline constexpr Code cad_processing{"111017", "DCM", "CAD Processing and Findings Summary"};
inline constexpr Code cad_without_findings{"111241", "DCM", "All algorithms succeeded; without findings"};
inline constexpr Code cad_with_findings{"111242", "DCM", "All algorithms succeeded; with findings"};
inline constexpr Code certainty{"111012", "DCM", "Certainty of Finding"};
inline constexpr Code conclusion{"121077", "DCM", "Conclusion"};
inline constexpr Code comment{"121106", "DCM", "Comment"};

// How grave. Actionability: PS3.16 CID 7035 has the values and no name for the concept.
inline constexpr Code severity{"246112005", "SCT", "Severity"};
inline constexpr Code actionability{"CALC012", "99CALC", "Actionability"};

// What was looked at and is not reported, and what limits the result.
inline constexpr Code not_a_deposit{"CALC013", "99CALC", "Dense structure that is not reported, taken for"};
inline constexpr Code could_be_deposit{"CALC014", "99CALC", "Dense structure that could be a deposit"};
inline constexpr Code quality_finding{"111052", "DCM", "Quality Finding"};
inline constexpr Code beam_hardening{"RID11327", "RADLEX", "Beam-hardening"};
inline constexpr Code metal{"CALC201", "99CALC", "Metal in the part examined"};
inline constexpr Code irregular_series{"CALC202", "99CALC", "Irregular series of images"};
inline constexpr Code thick_slices{"CALC203", "99CALC", "Slices more than 3 mm apart"};
inline constexpr Code level_uncertain{"CALC204", "99CALC", "Names of vertebrae uncertain"};
inline constexpr Code contrast_medium{"CALC205", "99CALC", "Contrast medium in vessels"};
inline constexpr Code motion{"CALC206", "99CALC", "Motion between images"};

// Where.
inline constexpr Code spine{"421060004", "SCT", "Spine"};
inline constexpr Code vertebra{"51282000", "SCT", "Vertebra"};
inline constexpr Code vertebrae_in_view{"CALC017", "99CALC", "Vertebrae in view"};
inline constexpr Code vertebral_canal{"61853006", "SCT", "Vertebral canal"};

inline constexpr Code finding_site{"363698007", "SCT", "Finding Site"};
inline constexpr Code topographical_modifier{"106233006", "SCT", "Topographical modifier"};
inline constexpr Code anterior{"255549009", "SCT", "Anterior"};
inline constexpr Code posterior{"255551008", "SCT", "Posterior"};

// Measured.
inline constexpr Code attenuation{"112031", "DCM", "Attenuation Coefficient"};
inline constexpr Code area{"42798000", "SCT", "Area"};
inline constexpr Code measurement_method{"370129005", "SCT", "Measurement Method"};
inline constexpr Code posterior_wall_offset{"CALC011", "99CALC", "Offset of posterior vertebral walls"};
inline constexpr Code standard_deviation{"386136009", "SCT", "Standard Deviation"};
inline constexpr Code algorithm_name{"111001", "DCM", "Algorithm Name"};
inline constexpr Code algorithm_version{"111003", "DCM", "Algorithm Version"};
inline constexpr Code millimetre{"mm", "UCUM", "millimeter"};
inline constexpr Code number_of_calcifications{"111038", "DCM", "Number of calcifications"};
inline constexpr Code distance{"121206", "DCM", "Distance"};
inline constexpr Code long_axis{"103339001", "SCT", "Long Axis"};
inline constexpr Code partial_voxels{"CALC016", "99CALC", "Sum of partial voxel shares"};
inline constexpr Code canal_occupied{"CALC010", "99CALC", "Canal cross-section occupied"};

// What alerts need besides: DCMTK names the same in the objects by itself.
inline constexpr Code study{"113014", "DCM", "DICOM Study"};  // the meaning as IHE RAD-28 has it
inline constexpr Code volume{"118565006", "SCT", "Volume"};
inline constexpr Code laterality{"272741003", "SCT", "Laterality"};
inline constexpr Code cubic_millimetre{"mm3", "UCUM", "cubic millimeter"};
inline constexpr Code percent{"%", "UCUM", "percent"};
inline constexpr Code hounsfield_unit{"[hnsf'U]", "UCUM", "Hounsfield unit"};
inline constexpr Code no_units{"1", "UCUM", "no units"};
// Against an earlier result.
inline constexpr Code comparison{"111424", "DCM", "Comparison to previous findings"};
inline constexpr Code previous_finding{"121069", "DCM", "Previous Finding"};
inline constexpr Code tracking_identifier{"112039", "DCM", "Tracking Identifier"};
inline constexpr Code volume_change{"CALC033", "99CALC", "Change of volume since previous result"};
inline constexpr Code new_deposit{"CALC034", "99CALC", "Progression (new deposit)"};

// How objects hang together.
inline constexpr Code earlier_revision{"CALC015", "99CALC", "Earlier revision of this result"};
inline constexpr Code qualitative_evaluations{"C0034375", "UMLS", "Qualitative Evaluations"};
inline constexpr Code segmentation{"113076", "DCM", "Segmentation"};
inline constexpr Code source_image{"121322", "DCM", "Source image for image processing operation"};
inline constexpr Code artificial_intelligence{"123110", "DCM", "Artificial Intelligence"};
inline constexpr Code image_processing{"123109", "DCM", "Image Processing"};
inline constexpr Code of_interest{"113000", "DCM", "Of Interest"};
inline constexpr Code key_object_description{"113012", "DCM", "Key Object Description"};

// "C4" gives (5329002, SCT, "C4 vertebra"); what is not the name of a vertebra gives (51282000, SCT,
// "Vertebra").
Code vertebra_of_level(std::string_view level);
// The topographical modifier of the finding site.
Code compartment(Compartment compartment);
// Present, absent or undetermined.
Code verdict(Verdict verdict);
// None, mild, moderate or severe; undetermined where the verdict is and nothing sure is grave.
Code severity_of(const Findings& findings);
Code acr_actionable(int category);  // 1 to 3
// Always of 99CALC, with mimic_words() as its meaning.
Code mimic(Mimic mimic, bool contrast);
// Left, right, or median.
Code side(Side side);
// Progression, stable or regression.
Code trend(Trend trend);
// Of all deposits together, whose trend is known: a new deposit is progression also where the sum has hardly
// changed.
Code trend_of_all(const Comparison& whole);

}  // namespace codes
}  // namespace calcinode::report
