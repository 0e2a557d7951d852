// Writes small CT Image Storage files for tests: any geometry, any value, well-formed or not.
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/geometry.hpp"

namespace calcinode::test {

// One slice as it will be written. Every attribute can be set, and anything else by `also` and `without`.
struct CtSlice {
    std::string study_uid = "1.2.826.0.1.3680043.10.999.1";
    std::string series_uid = "1.2.826.0.1.3680043.10.999.1.1";
    std::string sop_instance_uid;  // empty: from series_uid and instance_number
    std::string sop_class_uid = UID_CTImageStorage;
    int series_number = 1, instance_number = 1;
    std::string image_type = "ORIGINAL\\PRIMARY\\AXIAL";
    int rows = 16, columns = 16;
    Vec3 position;
    Vec3 row{1, 0, 0}, column{0, 1, 0};
    double row_spacing = 1.0, column_spacing = 1.0, thickness = 2.0;
    int bits_stored = 16;
    bool is_signed = true;
    double slope = 1, intercept = 0;
    std::vector<std::uint16_t> words;  // rows * columns; empty: all 0
    std::map<DcmTagKey, std::string> also;
    std::vector<DcmTagKey> without;
    E_TransferSyntax syntax = EXS_LittleEndianExplicit;
};

inline std::string decimal(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.10g", value);
    return text;
}

inline void must(const OFCondition& condition) {
    if (condition.bad()) throw std::runtime_error(condition.text());
}

inline void write_slice(const CtSlice& s, const std::filesystem::path& path) {
    DcmFileFormat file;
    DcmDataset& d = *file.getDataset();
    const auto put = [&](const DcmTagKey& tag, const std::string& value) {
        must(d.putAndInsertString(tag, value.c_str()));
    };
    const auto instance = s.sop_instance_uid.empty() ? s.series_uid + "." + std::to_string(s.instance_number)
                                                     : s.sop_instance_uid;
    put(DCM_SOPClassUID, s.sop_class_uid);
    put(DCM_SOPInstanceUID, instance);
    put(DCM_StudyInstanceUID, s.study_uid);
    put(DCM_SeriesInstanceUID, s.series_uid);
    put(DCM_FrameOfReferenceUID, s.study_uid + ".99");
    put(DCM_Modality, "CT");
    put(DCM_ImageType, s.image_type);
    put(DCM_SeriesNumber, std::to_string(s.series_number));
    put(DCM_InstanceNumber, std::to_string(s.instance_number));
    put(DCM_ImagePositionPatient,
        decimal(s.position.x) + "\\" + decimal(s.position.y) + "\\" + decimal(s.position.z));
    put(DCM_ImageOrientationPatient, decimal(s.row.x) + "\\" + decimal(s.row.y) + "\\" + decimal(s.row.z) +
                                         "\\" + decimal(s.column.x) + "\\" + decimal(s.column.y) + "\\" +
                                         decimal(s.column.z));
    put(DCM_PixelSpacing, decimal(s.row_spacing) + "\\" + decimal(s.column_spacing));
    put(DCM_SliceThickness, decimal(s.thickness));
    put(DCM_PhotometricInterpretation, "MONOCHROME2");
    put(DCM_RescaleSlope, decimal(s.slope));
    put(DCM_RescaleIntercept, decimal(s.intercept));
    const auto put_int = [&](const DcmTagKey& tag, int value) {
        must(d.putAndInsertUint16(tag, static_cast<Uint16>(value)));
    };
    put_int(DCM_SamplesPerPixel, 1);
    put_int(DCM_Rows, s.rows);
    put_int(DCM_Columns, s.columns);
    put_int(DCM_BitsAllocated, 16);
    put_int(DCM_BitsStored, s.bits_stored);
    put_int(DCM_HighBit, s.bits_stored - 1);
    put_int(DCM_PixelRepresentation, s.is_signed ? 1 : 0);
    auto words = s.words;
    if (words.empty()) words.resize(static_cast<std::size_t>(s.rows) * static_cast<std::size_t>(s.columns));
    must(d.putAndInsertUint16Array(DCM_PixelData, words.data(), words.size()));
    for (const auto& [tag, value] : s.also)
        if (DcmTag(tag).getEVR() == EVR_xs)  // US or SS: DCMTK takes no string for it
            put_int(tag, std::stoi(value));
        else
            put(tag, value);
    for (const auto& tag : s.without) must(d.findAndDeleteElement(tag));
    must(file.saveFile(path.c_str(), s.syntax));
}

// Attenuation as a function of the place in the patient.
using Body = std::function<double(LpsPoint)>;

// Fills the slice with what `body` is where its pixels are.
inline void fill(CtSlice& s, const Body& body) {
    s.words.clear();
    for (int r = 0; r < s.rows; ++r)
        for (int c = 0; c < s.columns; ++c) {
            const auto p = s.position + s.row * (c * s.column_spacing) + s.column * (r * s.row_spacing);
            const double stored = std::round((body(p) - s.intercept) / s.slope);
            s.words.push_back(static_cast<std::uint16_t>(static_cast<std::int32_t>(stored)));
        }
}

// `count` slices from `first`, each `step` further; instance numbers from 1.
inline std::vector<CtSlice> slices(const CtSlice& first, Vec3 step, int count, const Body& body) {
    std::vector<CtSlice> made;
    for (int n = 0; n < count; ++n) {
        CtSlice s = first;
        s.instance_number = first.instance_number + n;
        s.position = first.position + step * n;
        fill(s, body);
        made.push_back(std::move(s));
    }
    return made;
}

// Writes all into `folder`; the names tell nothing. Returns the files in the order of `made`.
inline std::vector<std::filesystem::path> write_all(const std::vector<CtSlice>& made,
                                                    const std::filesystem::path& folder) {
    std::vector<std::filesystem::path> files;
    for (const auto& s : made) {
        const auto number = std::to_string(std::distance(std::filesystem::directory_iterator(folder), {}));
        files.push_back(folder / ("f" + number));
        write_slice(s, files.back());
    }
    return files;
}

}  // namespace calcinode::test
