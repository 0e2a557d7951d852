#include "report/synthetic_study.hpp"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cstdlib>
#include <stdexcept>
#include <vector>

#include "base/uid.hpp"

namespace calcinode::report::test {
namespace {

void put(DcmItem& item, const DcmTagKey& tag, const std::string& value) {
    if (item.putAndInsertString(tag, value.c_str()).bad()) throw std::runtime_error(tag.toString().c_str());
}

DcmTagKey tag_of(const std::string& text) {
    return {static_cast<Uint16>(std::stoul(text.substr(0, 4), nullptr, 16)),
            static_cast<Uint16>(std::stoul(text.substr(5), nullptr, 16))};
}

std::string text(double value) {
    return std::to_string(value);
}

void put_usual_attributes(DcmItem& item) {
    put(item, DCM_SpecificCharacterSet, "ISO_IR 100");
    put(item, DCM_PatientName, "Synthetic^Anna");
    put(item, DCM_PatientID, "SYN-1");
    put(item, DCM_PatientBirthDate, "19600102");
    put(item, DCM_PatientSex, "F");
    put(item, DCM_PatientAge, "064Y");
    put(item, DCM_StudyDate, "20240203");
    put(item, DCM_StudyTime, "101112");
    put(item, DCM_ContentDate, "20240203");
    put(item, DCM_ContentTime, "101530.25");
    put(item, DCM_StudyID, "7");
    put(item, DCM_StudyDescription, "CT neck");
    put(item, DCM_SeriesDescription, "Neck 2.5 soft");
    put(item, DCM_AccessionNumber, "A-77");
    put(item, DCM_ReferringPhysicianName, "Refers^Robert");
    put(item, DCM_BodyPartExamined, "NECK");
    put(item, DCM_InstitutionName, "Synthetic Hospital");
    put(item, DCM_Manufacturer, "Scanner maker");
    put(item, DCM_SliceThickness, "2.5");
}

}  // namespace

SyntheticStudy::SyntheticStudy(const SeriesPlan& plan) {
    std::string pattern = std::filesystem::temp_directory_path() / "calcinode-report-XXXXXX";
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
    std::filesystem::create_directory(folder_ / "out");
    place(plan);
    write_series(plan);
    outcome.study_uid = source.study_uid;
    outcome.status = Status::analysed;
    outcome.findings = Findings{};
    const auto& grid = volume.grid;
    for (int v = 0; v < 3; ++v) {
        const int k = grid.size[2] * (5 - 2 * v) / 6;
        const LpsPoint canal = grid.to_lps(grid.size[0] / 2, grid.size[1] / 2, k);
        const LpsPoint body = grid.to_lps(grid.size[0] / 2, grid.size[1] / 2 - 14 / grid.spacing_mm[1], k);
        outcome.findings->spine.canal.push_back(canal);
        Vertebra vertebra;
        vertebra.level = "C" + std::to_string(3 + v);
        vertebra.confidence = 0.8;
        vertebra.body = body;
        vertebra.canal = canal;
        vertebra.trabecular_hu = 150.0;
        outcome.findings->spine.vertebrae.push_back(vertebra);
    }
}

// With CALCINODE_KEEP the objects are left for the validators to be run on by hand.
SyntheticStudy::~SyntheticStudy() {
    if (!std::getenv("CALCINODE_KEEP")) std::filesystem::remove_all(folder_);
}

void SyntheticStudy::place(const SeriesPlan& plan) {
    auto& grid = volume.grid;
    grid.size = plan.size;
    grid.spacing_mm = plan.spacing_mm;
    grid.origin = {-20.5, -100.25, -345.678};
    volume.hu.assign(grid.voxels(), 40);
    for (int k = 0; k < grid.size[2]; ++k)
        for (int j = grid.size[1] / 4; j < grid.size[1] * 2 / 5; ++j)
            for (int i = grid.size[0] * 2 / 5; i < grid.size[0] * 3 / 5; ++i)
                volume.hu[grid.offset({i, j, k})] = k % 7 == 0 ? 60 : 350;

    source.study_uid = Uid::derived_from({"test", "study"}).str();
    source.series_uid = Uid::derived_from({"test", "series"}).str();
    source.frame_of_reference_uid = Uid::derived_from({"test", "frame of reference"}).str();
    source.series_number = 3;
    const bool axial = plan.plane == Plane::axial;
    const auto& s = grid.spacing_mm;
    if (axial) {
        source.orientation = {1, 0, 0, 0, 1, 0};
        source.columns = grid.size[0];
        source.rows = grid.size[1];
        source.column_spacing_mm = s[0];
        source.row_spacing_mm = s[1];
    } else {
        // Rows run to the back, columns down; the normal points to the patient's right.
        source.orientation = {0, 1, 0, 0, 0, -1};
        source.columns = grid.size[1];
        source.rows = grid.size[2];
        source.column_spacing_mm = s[1];
        source.row_spacing_mm = s[2];
        source.source_axis = {2, 0, 1};
        source.reversed = {true, false, true};
    }
    const int slices = axial ? grid.size[2] : grid.size[0];
    for (int n = 0; n < slices; ++n) {
        SourceSlice slice;
        slice.sop_class_uid = plan.multi_frame ? UID_EnhancedCTImageStorage : UID_CTImageStorage;
        const auto number = std::to_string(plan.multi_frame ? 0 : n);
        slice.sop_instance_uid = Uid::derived_from({"test", "image", number}).str();
        slice.frame = plan.multi_frame ? n + 1 : 1;
        slice.instance_number = slices - n;  // against the order of the slices
        slice.position =
            axial ? grid.to_lps(0, 0, n) : grid.to_lps(grid.size[0] - 1 - n, 0, grid.size[2] - 1);
        slice.file = folder_ / ("image" + number);
        source.slices.push_back(slice);
    }
}

void SyntheticStudy::write_series(const SeriesPlan& plan) const {
    for (const auto& slice : source.slices) {
        if (std::filesystem::exists(slice.file)) continue;
        DcmFileFormat format;
        auto& item = *format.getDataset();
        if (!plan.bare) put_usual_attributes(item);
        put(item, DCM_SOPClassUID, slice.sop_class_uid);
        put(item, DCM_SOPInstanceUID, slice.sop_instance_uid);
        put(item, DCM_StudyInstanceUID, source.study_uid);
        put(item, DCM_SeriesInstanceUID, source.series_uid);
        put(item, DCM_FrameOfReferenceUID, source.frame_of_reference_uid);
        put(item, DCM_Modality, "CT");
        put(item, DCM_ImagePositionPatient,
            text(slice.position.x) + "\\" + text(slice.position.y) + "\\" + text(slice.position.z));
        for (const auto& [tag, value] : plan.attributes) put(item, tag_of(tag), value);
        const std::vector<Uint16> pixels(
            static_cast<std::size_t>(source.rows) * static_cast<std::size_t>(source.columns), 1064);
        item.putAndInsertUint16Array(DCM_PixelData, pixels.data(), pixels.size());
        if (format.saveFile(slice.file.c_str(), EXS_LittleEndianExplicit).bad())
            throw std::runtime_error("can't write " + slice.file.string());
    }
}

Deposit& SyntheticStudy::add_deposit(VoxelIndex centre, std::array<int, 3> radius) {
    auto& deposits = outcome.findings->deposits;
    Deposit d;
    d.id = static_cast<int>(deposits.size()) + 1;
    d.level = "C4";
    d.levels = {"C4"};
    d.compartment = Compartment::facet;
    d.side = Side::left;
    d.mask.low = {centre.i - radius[0], centre.j - radius[1], centre.k - radius[2]};
    d.mask.size = {2 * radius[0] + 1, 2 * radius[1] + 1, 2 * radius[2] + 1};
    const auto square = [](int offset, int r) {
        return r == 0 ? 0.0 : 1.0 * offset * offset / (1.0 * r * r);
    };
    int voxels = 0;
    for (int k = -radius[2]; k <= radius[2]; ++k)
        for (int j = -radius[1]; j <= radius[1]; ++j)
            for (int i = -radius[0]; i <= radius[0]; ++i) {
                const bool in = square(i, radius[0]) + square(j, radius[1]) + square(k, radius[2]) <= 1.0;
                d.mask.inside.push_back(in);
                const VoxelIndex v{centre.i + i, centre.j + j, centre.k + k};
                if (!in || !volume.grid.contains(v)) continue;
                volume.hu[volume.grid.offset(v)] = 800;
                ++voxels;
            }
    d.volume_mm3 = voxels * volume.grid.voxel_mm3();
    d.mean_hu = 801.26;
    d.max_hu = 1203;
    d.sd_hu = 44.44;
    d.long_axis_mm = 12.345;
    d.centroid = volume.grid.to_lps(centre);
    d.canal_distance_mm = 3.21;
    d.confidence = 0.87;
    d.evidence = {{"solidity", 0.9123, 2.5}, {"mirror", 0.1, -0.599}};
    deposits.push_back(d);
    outcome.findings->verdict = Verdict::positive;
    outcome.findings->severity = Severity::mild;
    return deposits.back();
}

Result<std::vector<ReportObject>> SyntheticStudy::write(ReportOptions options) {
    options.identity = result_identity(source, "rule");
    return write_objects(outcome, volume, source, options, folder_ / "out");
}

Result<std::vector<ReportObject>> SyntheticStudy::write(int first_series_number) {
    return write(ReportOptions{.first_series_number = first_series_number});
}

Result<std::vector<ReportObject>> SyntheticStudy::write(const FigureOptions& figure) {
    return write(ReportOptions{.figure = figure});
}

}  // namespace calcinode::report::test
