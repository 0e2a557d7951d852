// The file meta information of the files that the spool writes (PS3.10 7.1).
#include "spool/part10.hpp"

namespace calcinode::spool {
namespace {

// Names this implementation in the files it writes. Under 2.25, from a random UUID.
constexpr std::string_view implementation_class_uid = "2.25.213790455036843725490617812907246518031";
constexpr std::string_view implementation_version = "CALCINODE_" CALCINODE_VERSION;
static_assert(implementation_version.size() <= 16, "an SH value");

void append_u16(std::string& out, std::size_t value) {
    out += static_cast<char>(value & 0xff);
    out += static_cast<char>(value >> 8 & 0xff);
}

void append_u32(std::string& out, std::size_t value) {
    append_u16(out, value & 0xffff);
    append_u16(out, value >> 16);
}

// An element of group 2 with a text value, explicit little endian.
void append_text(std::string& out, std::uint16_t element, std::string_view vr, std::string_view value) {
    const bool odd = value.size() % 2 != 0;
    append_u16(out, 0x0002);
    append_u16(out, element);
    out += vr;
    append_u16(out, value.size() + (odd ? 1 : 0));
    out += value;
    if (odd) out += vr == "UI" ? '\0' : ' ';
}

// An element of group 2 whose value is bytes.
void append_bytes(std::string& out, std::uint16_t element, std::string_view value) {
    append_u16(out, 0x0002);
    append_u16(out, element);
    out += std::string_view("OB\0\0", 4);
    append_u32(out, value.size());
    out += value;
}

}  // namespace

std::string part10_header(const FileMeta& meta, std::string_view dataset_checksum) {
    std::string group;
    append_bytes(group, 0x0001, std::string_view("\0\1", 2));  // File Meta Information Version
    append_text(group, 0x0002, "UI", meta.sop_class_uid);
    append_text(group, 0x0003, "UI", meta.sop_instance_uid);
    append_text(group, 0x0010, "UI", meta.transfer_syntax_uid);
    append_text(group, 0x0012, "UI", implementation_class_uid);
    append_text(group, 0x0013, "SH", implementation_version);
    append_text(group, 0x0016, "AE", meta.calling_ae);
    append_text(group, 0x0100, "UI", checksum_creator_uid);
    append_bytes(group, 0x0102, dataset_checksum);

    std::string header(128, '\0');
    header += "DICM";
    append_u16(header, 0x0002);
    append_u16(header, 0x0000);
    header += "UL";
    append_u16(header, 4);
    append_u32(header, group.size());
    return header + group;
}

}  // namespace calcinode::spool
