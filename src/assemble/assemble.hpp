// From the files of a study to the volume that is analysed, or the reason why there is none.
//
// Series are told apart by their UID, never by description; slices are ordered by their position along the
// normal, never by instance number. Nothing is assumed about the files: each may be hostile.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "analysis/findings.hpp"
#include "analysis/volume.hpp"
#include "base/result.hpp"
#include "dicom/series_source.hpp"

namespace calcinode::assemble {

// What was found of one series, for result.json.
struct SeriesReport {
    std::string uid;
    bool selected = false;
    std::string reason;  // why it was, or was not, selected
    int slices = 0;
    std::array<double, 3> spacing_mm{};  // along the image's columns, rows, and between slices
};

struct SelectedVolume {
    Volume volume;
    SeriesSource source;
    std::vector<std::string> remarks;  // for example a gap that was filled; sentences for people
};

struct AssembledStudy {
    std::string study_uid;
    std::vector<SeriesReport> series;
    // The volume to analyse, or why there is none. `Unfit::code` "unreadable_pixels" and "not_enough_memory"
    // are failures, every other code means that the study is not applicable.
    std::expected<SelectedVolume, Unfit> selected;
};

struct UnreadableFile {
    std::filesystem::path path;
    std::string reason;
};

// All studies found among `files` (regular files; more than one study is possible offline), sorted by UID.
// A file that is not DICOM, or is truncated, is in `unreadable` and does not spoil the others.
struct Assembly {
    std::vector<AssembledStudy> studies;
    std::vector<UnreadableFile> unreadable;
};

// A volume whose analysis would have the process take more than `allowed_bytes` of memory is not loaded; that
// is told by its headers alone. A smaller series never stands in for it: what is found must not depend on
// that.
Assembly assemble(const std::vector<std::filesystem::path>& files, std::uint64_t allowed_bytes = UINT64_MAX);

// The same, study by study, so that the memory holds no more volumes than `take` keeps. Returns what is
// unreadable.
std::vector<UnreadableFile> for_each_study(const std::vector<std::filesystem::path>& files,
                                           std::uint64_t allowed_bytes,
                                           const std::function<void(AssembledStudy)>& take);

}  // namespace calcinode::assemble
