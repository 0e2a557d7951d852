#include "report/source_texts.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace calcinode::report {
namespace {

const std::array<DcmTagKey, 5> wanted{DCM_SpecificCharacterSet, DCM_SeriesDescription, DCM_PatientName,
                                      DCM_PatientID, DCM_PatientBirthDate};
// Shorter parts of a name stand in ordinary words, too.
constexpr std::size_t shortest_name_part = 3;

// Character sets that the C library can't convert from (JIS X 0208 and 0212, switched to by escapes).
bool is_convertible(DcmItem& item) {
    OFString sets;
    item.findAndGetOFStringArray(DCM_SpecificCharacterSet, sets);
    return sets.find("IR 87") == OFString_npos && sets.find("IR 159") == OFString_npos;
}

// A dataset of what is wanted only, as UTF-8 where its character set is known; as it is otherwise.
DcmDataset converted(DcmItem& source) {
    DcmDataset copy;
    for (const auto& tag : wanted)
        if (source.tagExists(tag)) source.findAndInsertCopyOfElement(tag, &copy);
    if (!is_convertible(copy)) return copy;
    DcmDataset utf8(copy);
    return utf8.convertToUTF8().good() ? utf8 : copy;
}

// Text that was not converted: what an escape sequence switches to another set is one byte that is no
// character, up to the escape that returns to ASCII (PS3.5 6.1.2.5).
std::string without_escaped(std::string_view text) {
    constexpr char escape = '\x1b', no_character = '\xff';
    std::string plain;
    bool ascii = true;
    while (!text.empty()) {
        if (text.front() != escape) {
            if (ascii) plain += text.front();
            text.remove_prefix(1);
            continue;
        }
        std::size_t end = 1;  // intermediate bytes, then a final one
        while (end < text.size() && text[end] >= 0x20 && text[end] <= 0x2F) ++end;
        const auto sequence = text.substr(1, end);
        const bool to_ascii = sequence == "(B" || sequence == "(J";
        if (ascii && !to_ascii) plain += no_character;
        ascii = to_ascii;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return plain;
}

std::string text_of(DcmItem& item, const DcmTagKey& tag) {
    OFString value;
    if (item.findAndGetOFString(tag, value).bad()) return {};
    return without_escaped({value.c_str(), value.size()});
}

std::vector<std::string> parts_of(std::string_view text, std::string_view separators) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(separators), text.size());
        if (end > 0) parts.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    });
    return text;
}

bool names_patient(const std::string& description, const std::string& name, const std::string& id) {
    const auto text = lower(description);
    auto parts = parts_of(lower(name), "^= ,");
    parts.push_back(lower(id));
    return std::ranges::any_of(parts, [&](const std::string& part) {
        return part.size() >= shortest_name_part && text.find(part) != std::string::npos;
    });
}

// "Synthetic, Anna": the first component group, family name first.
std::string name_words(const std::string& name) {
    std::string words;
    for (const auto& part : parts_of(std::string_view(name).substr(0, name.find('=')), "^"))
        words += (words.empty() ? "" : words.find(',') == std::string::npos ? ", " : " ") + part;
    return words;
}

}  // namespace

FigureTexts figure_texts(const ReportContext& context) {
    auto item = converted(context.header.dataset());
    const auto name = text_of(item, DCM_PatientName), id = text_of(item, DCM_PatientID);
    FigureTexts texts;
    texts.series_description = text_of(item, DCM_SeriesDescription);
    if (names_patient(texts.series_description, name, id)) texts.series_description.clear();
    if (!context.options.figure.with_patient) return texts;
    texts.patient_name = name_words(name);
    texts.patient_id = id;
    texts.birth_date = text_of(item, DCM_PatientBirthDate);
    return texts;
}

}  // namespace calcinode::report
