#include "dicom/utf8.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>

namespace calcinode::dicom {
namespace {

// Character sets that the C library can't convert from (JIS X 0208 and 0212, switched to by escapes).
bool is_convertible(DcmItem& item) {
    OFString sets;
    item.findAndGetOFStringArray(DCM_SpecificCharacterSet, sets);
    return sets.find("IR 87") == OFString_npos && sets.find("IR 159") == OFString_npos;
}

}  // namespace

DcmDataset utf8_copy(DcmItem& source, std::span<const DcmTagKey> wanted) {
    DcmDataset copy;
    for (const auto& tag : wanted)
        if (source.tagExists(tag)) source.findAndInsertCopyOfElement(tag, &copy);
    if (!is_convertible(copy)) return copy;
    DcmDataset utf8(copy);
    return utf8.convertToUTF8().good() ? utf8 : copy;
}

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

}  // namespace calcinode::dicom
