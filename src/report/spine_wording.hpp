// What is said of the spine itself: names, also where they are uncertain, slips, trabecular attenuation. The
// same words in the structured report, the figure, the log and on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/findings.hpp"

namespace calcinode::report {

// "C4"; "level uncertain: T4 (60 %) or T5 (35 %)"; "level uncertain" without alternatives.
std::string level_words(const std::string& level, const std::vector<LevelAlternative>& alternatives);
// For a narrow place: "C4"; "T4 or T5?"; "level uncertain".
std::string short_level(const std::string& level, const std::vector<LevelAlternative>& alternatives);
// One name for a picture: "C4"; "T4?" where uncertain; "?" without alternatives.
std::string picture_level(const Vertebra& vertebra);

// From here on a name is told as it stands, below with its confidence.
inline constexpr double sure_level = 0.9;
// "T8"; "T8 (77 %)"; as it is where it is no name.
std::string with_confidence(const std::string& level, double confidence);
// The same for the level of a vertebra of this spine.
std::string with_confidence(const std::string& level, const Spine& spine);

// "C2 C3 C4": all that have a name. A later result tells by it what is new.
std::string names_in_view(const Spine& spine);

// "C3/4", "C7/T1".
std::string segment_name(const std::string& upper, const std::string& lower);

// That is reported: of spondylolisthesis_mm and more, and surely not zero.
bool is_spondylolisthesis(const Listhesis& slip);
// All that are. Head end first.
std::vector<Listhesis> spondylolistheses(const Spine& spine);
// "C3/4 spondylolisthesis, 3 mm anterior"; where the level is uncertain its alternatives follow.
std::string slip_words(const Spine& spine, const Listhesis& slip);
// For a picture: "C3/4 slip 3 mm anterior"; "C3/4? slip ..." where the level is uncertain.
std::string picture_slip(const Spine& spine, const Listhesis& slip);
std::string_view slip_direction(const Listhesis& slip);  // "anterior" or "posterior"

// Mean over the bodies of a region whose attenuation was measured.
struct TrabecularMean {
    std::string region;       // "cervical", "thoracic", "lumbar"; "" of bodies without a name
    std::string first, last;  // levels, "" of bodies without a name
    int bodies = 0;
    double hu = 0;
    std::optional<double> l1_hu;  // L1 alone, for which there are published thresholds
};
// Head end first; S1 is left out, its marrow is no measure of a body's.
std::vector<TrabecularMean> trabecular_means(const Spine& spine);
// "trabecular attenuation L1-L5 172 HU (mean of 5 bodies), L1 180 HU", and that contrast medium raises it.
std::string trabecular_words(const TrabecularMean& mean, bool contrast);

// "narrowest canal 181 mm2 at C5, of 6 measured"; "" where none was measured.
std::string canal_words(const Spine& spine);

// "C1-T3 (10 vertebrae)", "6 vertebrae, levels uncertain: T4-T9 (60 %) or T5-T10 (35 %)"; both, one after the
// other, where some have names.
std::string extent_words(const Spine& spine);

// Sentences for the report's conclusion: slips and uncertain levels. "" where there is nothing to say.
std::string spine_sentences(const Spine& spine);

}  // namespace calcinode::report
