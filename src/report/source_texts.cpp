#include "report/source_texts.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "dicom/utf8.hpp"

namespace calcinode::report {
namespace {

const std::array<DcmTagKey, 5> wanted{DCM_SpecificCharacterSet, DCM_SeriesDescription, DCM_PatientName,
                                      DCM_PatientID, DCM_PatientBirthDate};
// Shorter parts of a name stand in ordinary words, too.
constexpr std::size_t shortest_name_part = 3;

std::string unescaped_text(DcmItem& item, const DcmTagKey& tag) {
    OFString value;
    if (item.findAndGetOFString(tag, value).bad()) return {};
    return dicom::without_escaped({value.c_str(), value.size()});
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
    auto item = dicom::utf8_copy(context.header.dataset(), wanted);
    const auto name = unescaped_text(item, DCM_PatientName), id = unescaped_text(item, DCM_PatientID);
    FigureTexts texts;
    texts.series_description = unescaped_text(item, DCM_SeriesDescription);
    if (names_patient(texts.series_description, name, id)) texts.series_description.clear();
    if (!context.options.figure.with_patient) return texts;
    texts.patient_name = name_words(name);
    texts.patient_id = id;
    texts.birth_date = unescaped_text(item, DCM_PatientBirthDate);
    return texts;
}

}  // namespace calcinode::report
