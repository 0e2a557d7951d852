#include <doctest/doctest.h>

#include "notify/acknowledgement.hpp"
#include "notify/alert_facts.hpp"
#include "notify/hl7_message.hpp"
#include "notify/hl7_segment.hpp"

using namespace calcinode;
using namespace calcinode::notify;
using deliver::SendState;

namespace {

std::string segment(const std::string& message, const std::string& start) {
    const auto at = message.find("\r" + start);
    REQUIRE(at != std::string::npos);
    return message.substr(at + 1, message.find('\r', at + 1) - at - 1);
}

SendState state_of(const std::string& answer, bool retry_rejected = false) {
    return outcome_of_acknowledgement(answer, "ID1", retry_rejected).state;
}

const std::string head = "MSH|^~\\&|A|B|C|D|1||ACK|9|P|2.5.1\r";

}  // namespace

TEST_CASE("no text can end its field, its component or its segment") {
    CHECK(hl7_escaped("a|b^c&d~e\\f\rg\nh") == "a\\F\\b\\S\\c\\T\\d\\R\\e\\E\\f g h");
    CHECK(hl7_components({"a^", "", "b", ""}) == "a\\S\\^^b");
}

TEST_CASE("a name's parts stand in HL7's order, each of its writings a repetition") {
    CHECK(hl7_name("Family^Given^Middle^Dr^Jr", Hl7Name::patient) == "Family^Given^Middle^Jr^Dr^^L^A");
    CHECK(hl7_name("A^B==C^D", Hl7Name::patient) == "A^B^^^^^L^A~C^D^^^^^L^P");
    CHECK(hl7_name("Family^Given", Hl7Name::provider) == "^Family^Given");
    CHECK(hl7_name("", Hl7Name::patient) == "");
}

TEST_CASE("what a character set lacks becomes a question mark") {
    CHECK(hl7_encoded("\xC3\x84\xE6\xBC\xA2", "UTF-8") == "\xC3\x84\xE6\xBC\xA2");
    CHECK(hl7_encoded("\xC3\x84\xE6\xBC\xA2", "ISO-8859-1") == "\xC4?");
    CHECK(hl7_encoded("\xC3\x84\xE6\xBC\xA2", "ASCII") == "??");
}

TEST_CASE("the message is the same at each repetition and flags what is grave") {
    test::AlertFacts result;
    result.alert.text =
        "{verdict} {severity} {level} {side} {largest_ml} ml, {canal_percent} % | {accession}";
    const auto message = hl7_message(result.facts());
    CHECK(message == hl7_message(result.facts()));
    CHECK(segment("\r" + message, "MSH") == "MSH|^~\\&|CALCINODE||||20260101000000+0000||ORU^R01^ORU_R01|" +
                                                control_id_of("2.25.7") + "|P|2.5.1||||||UNICODE UTF-8");
    CHECK(segment(message, "PID") == "PID|1||ID\\F\\1^^^^PI||Family^Given^Middle^Jr^Dr^^L^A|||U");
    CHECK(segment(message, "OBX|2") ==
          "OBX|2|CWE|18115005^Pathologic calcification^SCT||52101004^Present^SCT"
          "|||AA|||P");
    CHECK(message.find("TX|121077^Conclusion^DCM||positive severe C4 left 2.48 ml, 37 % \\F\\ ACC|") !=
          std::string::npos);
    CHECK(message.find("NM|118565006^Volume^SCT|1|2481.0|mm3^cubic millimeter^UCUM") != std::string::npos);
}

TEST_CASE(
    "a later revision says which it is, and a correction that it is one; each value stays preliminary") {
    const test::AlertFacts result;
    const auto first = hl7_message(result.facts());
    CHECK(segment(first, "OBR").ends_with("|CT|P"));
    CHECK(first.find("\rNTE|") == std::string::npos);
    const auto corrected = hl7_message(result.facts(3, true));
    CHECK(segment(corrected, "OBR").ends_with("|CT|C"));
    CHECK(segment(corrected, "NTE") ==
          "NTE|1||Revision 3 of the result; what was told of this study before holds no more");
    CHECK(corrected.find("\rNTE|") < corrected.find("\rOBX|1|"));
    CHECK(segment(corrected, "OBX|2").ends_with("|P"));
    CHECK(segment(hl7_message(result.facts(2, false)), "OBR").ends_with("|CT|P"));
}

TEST_CASE("parts that are not wanted are not told, the study and the verdict always") {
    test::AlertFacts result;
    result.alert.parts = {};
    const auto message = hl7_message(result.facts());
    CHECK(message.find("OBX|2|") != std::string::npos);
    CHECK(message.find("OBX|3|") == std::string::npos);
}

TEST_CASE("an acknowledgement is what the receiver says of this message, and nothing else") {
    CHECK(state_of(head + "MSA|AA|ID1\r") == SendState::arrived);
    CHECK(state_of(head + "MSA|CA|ID1\n") == SendState::arrived);
    CHECK(state_of("MSH#^~\\&#A\rMSA#AA#ID1\r") == SendState::arrived);
    CHECK(state_of(head + "MSA|AE|ID1\r") == SendState::transient_failure);
    CHECK(state_of(head + "MSA|AR|ID1\r") == SendState::permanent_failure);
    CHECK(state_of(head + "MSA|AR|ID1\r", true) == SendState::transient_failure);
    for (const std::string bad : {"", "MSH", "x", "MSA|AA|ID1\r"})
        CHECK(state_of(bad) == SendState::transient_failure);
    for (const std::string bad : {"MSA|AA|ID2\r", "MSA|AA\r", "MSA||ID1\r", "MSAX|AA|ID1\r", ""})
        CHECK(state_of(head + bad) == SendState::transient_failure);
}

TEST_CASE("the receiver's own words, which may name the patient, are not taken over") {
    const auto said = outcome_of_acknowledgement(
        head + "MSA|AR|ID1|unknown patient DOE^JOHN\rERR||PID|204^x|E|||DOE\r", "ID1", false);
    CHECK(said.what == "it answers AR, HL7 error 204; its own log says more of it");
}
