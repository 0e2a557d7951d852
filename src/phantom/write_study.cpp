// The phantom's volume as a CT series. The only file of the phantom that knows DICOM.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <system_error>

#include "base/uid.hpp"
#include "phantom/phantom.hpp"

namespace calcinode::phantom {
namespace {

// Part of every UID: raise it when the same options give other voxels than before.
constexpr std::string_view generation = "phantom/1";

// The stored value is HU + 1024, as most scanners do it.
constexpr int rescale_intercept = -1024;

std::string in_full(const PhantomOptions& o) {
    std::string text =
        fmt::format("{} {} {} {} {} {} {} {} {}", o.seed, o.size[0], o.size[1], o.size[2], o.spacing_mm[0],
                    o.spacing_mm[1], o.spacing_mm[2], o.slip_mm, o.study_date);
    for (const auto& d : o.deposits) text += fmt::format(" {}:{}:{}:{}", d.level, d.site, d.volume_ml, d.hu);
    return text + '\0' + o.patient_name + '\0' + o.patient_id;
}

Uid uid_of(const PhantomOptions& options, std::string_view what) {
    return Uid::derived_from({generation, CALCINODE_VERSION, in_full(options), what});
}

// Text that may stand in a value of one line: no backslash (it separates values), no control characters.
bool plain_text(std::string_view text, std::size_t longest) {
    return text.size() <= longest && std::ranges::none_of(text, [](char c) {
               const auto u = static_cast<unsigned char>(c);
               return u < 0x20 || u == 0x7F || c == '\\';
           });
}

bool is_date(std::string_view text) {
    if (text.size() != 8 || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
        return false;
    const auto digits = [&](std::size_t from, std::size_t count) {
        int value = 0;
        for (const char c : text.substr(from, count)) value = value * 10 + (c - '0');
        return value;
    };
    return std::chrono::year_month_day(std::chrono::year(digits(0, 4)),
                                       std::chrono::month(unsigned(digits(4, 2))),
                                       std::chrono::day(unsigned(digits(6, 2))))
        .ok();
}

}  // namespace

Result<> check_options(const PhantomOptions& o) {
    constexpr std::size_t longest = 64;  // characters of a PN component group and of LO
    if (!plain_text(o.patient_name, longest) || std::ranges::count(o.patient_name, '^') > 4)
        return fail("the patient name must be a DICOM person name of at most 64 characters");
    if (!plain_text(o.patient_id, longest)) return fail("the patient ID must have at most 64 characters");
    if (!is_date(o.study_date)) return fail("the date must be YYYYMMDD");
    for (std::size_t a = 0; a < 3; ++a)
        if (o.size[a] < 1 || o.size[a] > 2048 || !(o.spacing_mm[a] > 0))
            return fail("the size must be 1 to 2048 voxels of positive spacing along each axis");
    if (!(std::abs(o.slip_mm) <= 10)) return fail("the slip must be -10 to 10 mm");
    return {};
}

namespace {

void put(DcmDataset& dataset, const DcmTagKey& tag, const std::string& value) {
    dataset.putAndInsertString(tag, value.c_str());
}

// What all slices share.
DcmDataset common_header(const PhantomOptions& options, const Volume& volume) {
    DcmDataset d;
    const std::string time = "101500";
    put(d, DCM_SpecificCharacterSet, "ISO_IR 192");
    put(d, DCM_ImageType, "ORIGINAL\\PRIMARY\\AXIAL");
    put(d, DCM_SOPClassUID, UID_CTImageStorage);
    for (const auto& tag : {DCM_StudyDate, DCM_SeriesDate, DCM_AcquisitionDate, DCM_ContentDate})
        put(d, tag, options.study_date);
    for (const auto& tag : {DCM_StudyTime, DCM_SeriesTime, DCM_AcquisitionTime, DCM_ContentTime})
        put(d, tag, time);
    put(d, DCM_AccessionNumber, "");
    put(d, DCM_Modality, "CT");
    put(d, DCM_Manufacturer, "Synthetic");
    put(d, DCM_ManufacturerModelName, "Calcinode phantom");
    put(d, DCM_SoftwareVersions, CALCINODE_VERSION);
    put(d, DCM_ReferringPhysicianName, "");
    put(d, DCM_StudyDescription, "CT neck (synthetic phantom)");
    put(d, DCM_SeriesDescription, "Neck 0.9 soft, synthetic");
    put(d, DCM_PatientName, options.patient_name);
    put(d, DCM_PatientID, options.patient_id);
    put(d, DCM_PatientBirthDate, "");
    put(d, DCM_PatientSex, "");
    put(d, DCM_BodyPartExamined, "NECK");
    put(d, DCM_SliceThickness, fmt::format("{:.6g}", volume.grid.spacing_mm[2]));
    put(d, DCM_KVP, "120");
    put(d, DCM_ConvolutionKernel, "SOFT");
    put(d, DCM_PatientPosition, "HFS");
    put(d, DCM_StudyInstanceUID, uid_of(options, "study").str());
    put(d, DCM_SeriesInstanceUID, uid_of(options, "series").str());
    put(d, DCM_FrameOfReferenceUID, uid_of(options, "frame of reference").str());
    put(d, DCM_PositionReferenceIndicator, "");
    put(d, DCM_StudyID, "1");
    put(d, DCM_SeriesNumber, "2");
    put(d, DCM_AcquisitionNumber, "1");
    put(d, DCM_ImageOrientationPatient, "1\\0\\0\\0\\1\\0");
    d.putAndInsertUint16(DCM_SamplesPerPixel, 1);
    put(d, DCM_PhotometricInterpretation, "MONOCHROME2");
    d.putAndInsertUint16(DCM_Rows, static_cast<Uint16>(volume.grid.size[1]));
    d.putAndInsertUint16(DCM_Columns, static_cast<Uint16>(volume.grid.size[0]));
    put(d, DCM_PixelSpacing,
        fmt::format("{:.6g}\\{:.6g}", volume.grid.spacing_mm[1], volume.grid.spacing_mm[0]));
    d.putAndInsertUint16(DCM_BitsAllocated, 16);
    d.putAndInsertUint16(DCM_BitsStored, 12);
    d.putAndInsertUint16(DCM_HighBit, 11);
    d.putAndInsertUint16(DCM_PixelRepresentation, 0);
    put(d, DCM_WindowCenter, "50");
    put(d, DCM_WindowWidth, "400");
    put(d, DCM_RescaleIntercept, std::to_string(rescale_intercept));
    put(d, DCM_RescaleSlope, "1");
    put(d, DCM_RescaleType, "HU");
    put(d, DCM_LossyImageCompression, "00");
    return d;
}

Result<> write_slice(const DcmDataset& header, const PhantomOptions& options, const Volume& volume, int k,
                     const std::filesystem::path& folder) {
    const int number = k + 1;
    const LpsPoint corner = volume.grid.to_lps(VoxelIndex{0, 0, k});
    DcmFileFormat file;
    *file.getDataset() = header;
    DcmDataset& d = *file.getDataset();
    put(d, DCM_SOPInstanceUID, uid_of(options, fmt::format("instance {}", number)).str());
    put(d, DCM_InstanceNumber, std::to_string(number));
    put(d, DCM_ImagePositionPatient, fmt::format("{:.6g}\\{:.6g}\\{:.6g}", corner.x, corner.y, corner.z));
    put(d, DCM_SliceLocation, fmt::format("{:.6g}", corner.z));
    const auto count =
        static_cast<std::size_t>(volume.grid.size[0]) * static_cast<std::size_t>(volume.grid.size[1]);
    std::vector<Uint16> stored(count);
    std::transform(volume.hu.begin() + static_cast<std::ptrdiff_t>(volume.grid.offset({0, 0, k})),
                   volume.hu.begin() + static_cast<std::ptrdiff_t>(volume.grid.offset({0, 0, k}) + count),
                   stored.begin(),
                   [](std::int16_t hu) { return static_cast<Uint16>(hu - rescale_intercept); });
    d.putAndInsertUint16Array(DCM_PixelData, stored.data(), static_cast<unsigned long>(count));
    const std::filesystem::path path = folder / fmt::format("IM{:05}.dcm", number);
    const OFCondition status = file.saveFile(path.c_str(), EXS_LittleEndianExplicit);
    if (status.bad()) return fail(fmt::format("can't write {}: {}", path.string(), status.text()));
    return {};
}

}  // namespace

Result<> write_study(const PhantomOptions& options, const std::filesystem::path& folder) {
    if (auto checked = check_options(options); !checked) return checked;
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return fail(fmt::format("can't make the folder {}: {}", folder.string(), error.message()));
    const Volume volume = make_volume(options);
    const DcmDataset header = common_header(options, volume);
    for (int k = 0; k < volume.grid.size[2]; ++k)
        if (auto written = write_slice(header, options, volume, k, folder); !written) return written;
    return {};
}

}  // namespace calcinode::phantom
