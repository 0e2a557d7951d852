// Small CT images as Part 10 files, written byte by byte so that a test can break them where it wants.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

namespace calcinode::test {

inline constexpr const char* ct_image_storage = "1.2.840.10008.5.1.4.1.1.2";
inline constexpr const char* explicit_little_endian = "1.2.840.10008.1.2.1";

struct CtFile {
    std::string instance = "1.2.3.1", series = "1.2.3", study = "1.2";
    std::string sop_class = ct_image_storage, modality = "CT", manufacturer = "ACME", model = "Scanner";
    std::string transfer_syntax = explicit_little_endian;
    int side = 16;       // rows and columns
    char fill = '\x10';  // of the pixel data
};

namespace detail {

inline std::string little(std::uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i & 0xff);
    return text;
}

inline std::string element(std::uint32_t group, std::uint32_t number, const std::string& vr,
                           std::string value) {
    if (value.size() % 2 != 0) value += vr == "UI" ? '\0' : ' ';
    const bool long_form = vr == "OW" || vr == "OB" || vr == "SQ";
    const auto size = static_cast<std::uint32_t>(value.size());
    return little(group, 2) + little(number, 2) + vr +
           (long_form ? std::string(2, '\0') + little(size, 4) : little(size, 2)) + value;
}

}  // namespace detail

inline std::string ct_dataset(const CtFile& ct) {
    using detail::element;
    using detail::little;
    const auto us = [](int value) { return little(static_cast<std::uint32_t>(value), 2); };
    return element(8, 0x0016, "UI", ct.sop_class) + element(8, 0x0018, "UI", ct.instance) +
           element(8, 0x0060, "CS", ct.modality) + element(8, 0x0070, "LO", ct.manufacturer) +
           element(8, 0x1090, "LO", ct.model) + element(0x0010, 0x0010, "PN", "Nobody^Known") +
           element(0x0020, 0x000d, "UI", ct.study) + element(0x0020, 0x000e, "UI", ct.series) +
           element(0x0028, 0x0010, "US", us(ct.side)) + element(0x0028, 0x0011, "US", us(ct.side)) +
           element(0x7fe0, 0x0010, "OW",
                   std::string(static_cast<std::size_t>(2 * ct.side * ct.side), ct.fill));
}

// `private_information` follows the usual file meta information.
inline std::string part10(const CtFile& ct, const std::string& dataset,
                          const std::string& private_information = "") {
    using detail::element;
    const auto meta = element(2, 1, "OB", std::string("\0\1", 2)) + element(2, 2, "UI", ct.sop_class) +
                      element(2, 3, "UI", ct.instance) + element(2, 0x10, "UI", ct.transfer_syntax) +
                      element(2, 0x12, "UI", "1.2.3.4") + element(2, 0x16, "AE", "WRITER") +
                      private_information;
    return std::string(128, '\0') + "DICM" +
           element(2, 0, "UL", detail::little(static_cast<std::uint32_t>(meta.size()), 4)) + meta + dataset;
}

inline std::string ct_file(const CtFile& ct) {
    return part10(ct, ct_dataset(ct));
}

inline std::filesystem::path write_file(const std::filesystem::path& path, const std::string& content) {
    std::ofstream(path, std::ios::binary) << content;
    return path;
}

inline std::string read_file(const std::filesystem::path& path) {
    std::ostringstream bytes;
    bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return std::move(bytes).str();
}

// What follows the file meta information.
inline std::string dataset_of(const std::string& file) {
    std::uint32_t length = 0;
    for (std::size_t i = 4; i-- > 0;) length = length << 8 | static_cast<unsigned char>(file[140 + i]);
    return file.substr(144 + length);
}

}  // namespace calcinode::test
