#include "receive/incoming_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace calcinode::receive {
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

}  // namespace

std::string part10_header(const FileMeta& meta) {
    std::string group;
    append_u16(group, 0x0002);
    append_u16(group, 0x0001);  // File Meta Information Version: 00 01
    group += std::string_view("OB\0\0\2\0\0\0\0\1", 10);
    append_text(group, 0x0002, "UI", meta.sop_class_uid);
    append_text(group, 0x0003, "UI", meta.sop_instance_uid);
    append_text(group, 0x0010, "UI", meta.transfer_syntax_uid);
    append_text(group, 0x0012, "UI", implementation_class_uid);
    append_text(group, 0x0013, "SH", implementation_version);
    append_text(group, 0x0016, "AE", meta.calling_ae);

    std::string header(128, '\0');
    header += "DICM";
    append_u16(header, 0x0002);
    append_u16(header, 0x0000);
    header += "UL";
    append_u16(header, 4);
    append_u32(header, group.size());
    return header + group;
}

IncomingFile::IncomingFile(const std::filesystem::path& path, const FileMeta& meta)
    : path_(path), fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640)) {
    if (!fd_) error_ = errno;
    const auto header = part10_header(meta);
    write(std::as_bytes(std::span(header)));
    bytes_ = 0;  // counts the dataset alone
}

IncomingFile::~IncomingFile() {
    give_up();
}

void IncomingFile::give_up() {
    if (fd_) ::unlink(path_.c_str());
    fd_ = Fd();
}

void IncomingFile::write(std::span<const std::byte> bytes) {
    bytes_ += bytes.size();
    while (fd_ && error_ == 0 && !bytes.empty()) {
        const ssize_t count = ::write(fd_.get(), bytes.data(), bytes.size());
        if (count >= 0)
            bytes = bytes.subspan(static_cast<std::size_t>(count));
        else if (errno != EINTR)
            error_ = errno;
    }
    if (error_ != 0) give_up();
}

std::filesystem::path IncomingFile::hand_on() {
    fd_ = Fd();
    return path_;
}

}  // namespace calcinode::receive
