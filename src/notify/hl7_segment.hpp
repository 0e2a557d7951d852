// The encoding rules of HL7 v2 (chapter 2): segments, fields, escapes, character sets.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "report/codes.hpp"

namespace calcinode::notify {

// UTF-8 text as the content of a field: delimiters are escaped, control characters become spaces.
std::string hl7_escaped(std::string_view text);

// Components, each escaped, of a field: "a^b^^d". Empty ones at the end are left out.
std::string hl7_components(std::initializer_list<std::string_view> components);
// "113014^DICOM Study^DCM"
std::string hl7_coded(const report::Code& code);

// A DICOM person name (PN) as repetitions of XPN (`with_id` false), or of XCN, whose first component is an ID
// that we don't know.
enum class Hl7Name { patient, provider };
std::string hl7_name(std::string_view pn, Hl7Name kind);

// A message in UTF-8, without MSH, in one of config's character sets; what it lacks is a question mark.
std::string hl7_encoded(std::string_view utf8, std::string_view character_set);
// Its name in HL7 table 0211, for MSH-18.
std::string_view hl7_character_set(std::string_view character_set);

class Hl7Segment {
  public:
    explicit Hl7Segment(std::string name) : fields_{std::move(name)} {}
    // Sets field `number`, from 1 on, to content that is escaped already.
    Hl7Segment& set(std::size_t number, std::string content);
    std::string text() const;  // with the carriage return at its end

  private:
    std::vector<std::string> fields_;
};

}  // namespace calcinode::notify
