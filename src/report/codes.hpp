// Every coded concept that our objects use, in one place: SNOMED CT (SCT), DICOM (DCM) and UCUM where they
// have the concept, our own scheme 99CALC only where they have none (see the comments in codes.cpp).
#pragma once

#include <string_view>

#include "analysis/findings.hpp"

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

// Where.
inline constexpr Code spine{"421060004", "SCT", "Spine"};
inline constexpr Code vertebra{"51282000", "SCT", "Vertebra"};
inline constexpr Code vertebral_canal{"61853006", "SCT", "Vertebral canal"};

// Measured.
inline constexpr Code number_of_calcifications{"111038", "DCM", "Number of calcifications"};
inline constexpr Code distance{"121206", "DCM", "Distance"};
inline constexpr Code long_axis{"103339001", "SCT", "Long Axis"};
inline constexpr Code sum_of_voxels{"126030", "DCM", "Sum of segmented voxel method for volume"};
inline constexpr Code canal_occupied{"CALC010", "99CALC", "Canal cross-section occupied"};

// How objects hang together.
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

}  // namespace codes
}  // namespace calcinode::report
