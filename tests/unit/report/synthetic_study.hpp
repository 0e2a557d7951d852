// A small CT series on disk, its volume, and findings by hand: what the tests of the report need. The volume
// is soft tissue with a vertebra-like column, deposits stand out in it.
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "report/report.hpp"

namespace calcinode::report::test {

enum class Plane { axial, sagittal };

struct SeriesPlan {
    Plane plane = Plane::axial;
    std::array<int, 3> size{63, 63, 24};              // of the volume, along i, j, k
    std::array<double, 3> spacing_mm{0.7, 0.9, 2.5};  // along i, j, k
    bool multi_frame = false;                         // the slices are named frames of one object
    // Attributes of the files by "gggg,eeee", their bytes as they are.
    std::map<std::string, std::string> attributes{};
    bool bare = false;  // only what a CT image can't do without
};

class SyntheticStudy {
  public:
    explicit SyntheticStudy(const SeriesPlan& plan = {});
    ~SyntheticStudy();
    SyntheticStudy(const SyntheticStudy&) = delete;
    SyntheticStudy& operator=(const SyntheticStudy&) = delete;

    // A deposit that fills an ellipsoid around a voxel.
    Deposit& add_deposit(VoxelIndex centre, std::array<int, 3> radius);
    Result<std::vector<ReportObject>> write(int first_series_number = 9001);
    Result<std::vector<ReportObject>> write(const FigureOptions& figure);
    Result<std::vector<ReportObject>> write(ReportOptions options);  // but for the identity

    const std::filesystem::path& folder() const { return folder_; }
    std::filesystem::path out(const std::string& name) const { return folder_ / "out" / name; }

    Volume volume;
    SeriesSource source;
    StudyOutcome outcome;

  private:
    void place(const SeriesPlan& plan);
    void write_series(const SeriesPlan& plan) const;
    std::filesystem::path folder_;
};

}  // namespace calcinode::report::test
