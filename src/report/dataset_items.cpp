#include "report/dataset_items.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>
#include <dcmtk/dcmdata/dctagkey.h>

#include <array>
#include <charconv>
#include <stdexcept>

namespace calcinode::report {
namespace {

constexpr std::size_t longest_decimal_string = 16;  // PS3.5, 6.2: DS

}  // namespace

void require(const OFCondition& status, const char* what) {
    if (status.bad()) throw std::runtime_error(std::string(what) + ": " + status.text());
}

void put(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
    require(item.putAndInsertOFStringArray(tag, OFString(value.c_str())), tag.toString().c_str());
}

void put(DcmItem& item, const DcmTagKey& tag, Uint16 value) {
    require(item.putAndInsertUint16(tag, value), tag.toString().c_str());
}

DcmItem& add_item(DcmItem& item, const DcmTagKey& tag) {
    constexpr signed long append = -2;
    DcmItem* made = nullptr;
    require(item.findOrCreateSequenceItem(tag, made, append), tag.toString().c_str());
    return *made;
}

void put_code(DcmItem& item, const DcmTagKey& tag, const Code& code) {
    DcmItem& made = add_item(item, tag);
    put(made, DCM_CodeValue, code.value);
    put(made, DCM_CodingSchemeDesignator, code.scheme);
    put(made, DCM_CodeMeaning, code.meaning);
}

void put_reference(DcmItem& item, const std::string& sop_class_uid, const std::string& sop_instance_uid) {
    put(item, DCM_ReferencedSOPClassUID, sop_class_uid);
    put(item, DCM_ReferencedSOPInstanceUID, sop_instance_uid);
}

std::string decimal_string(double value) {
    std::array<char, 64> buffer{};
    auto* const begin = buffer.data();
    auto* const end = begin + buffer.size();
    auto done = std::to_chars(begin, end, value + 0.0);  // never "-0"
    for (int digits = 15; static_cast<std::size_t>(done.ptr - begin) > longest_decimal_string && digits > 1;
         --digits)
        done = std::to_chars(begin, end, value, std::chars_format::general, digits);
    return {begin, done.ptr};
}

}  // namespace calcinode::report
