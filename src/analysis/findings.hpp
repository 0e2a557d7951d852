// What the analysis says about a volume. Positions are LPS millimetres, attenuations Hounsfield units.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/volume.hpp"

namespace calcinode {

enum class Verdict { negative, indeterminate, positive };
enum class Compartment { canal, foramen, facet, posterior, paraspinal, prevertebral };
enum class Side { left, right, midline };

std::string_view to_string(Verdict verdict);
std::string_view to_string(Compartment compartment);
std::string_view to_string(Side side);

// Voxels of one thing: a box of the volume's grid and, for each voxel of the box (i fastest), whether it is
// in.
struct VoxelMask {
    VoxelIndex low;                    // first voxel of the box
    std::array<int, 3> size{};         // of the box
    std::vector<std::uint8_t> inside;  // 0 or 1

    bool at(VoxelIndex v) const {
        const int i = v.i - low.i, j = v.j - low.j, k = v.k - low.k;
        if (i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]) return false;
        return inside[(static_cast<std::size_t>(k) * static_cast<std::size_t>(size[1]) +
                       static_cast<std::size_t>(j)) *
                          static_cast<std::size_t>(size[0]) +
                      static_cast<std::size_t>(i)] != 0;
    }
};

struct Vertebra {
    std::string level;      // "C1" ... "L5", "S1"; "uncertain" where no landmark supports a name
    double confidence = 0;  // that the level is right, 0 to 1
    LpsPoint body;          // centre of the vertebral body
    LpsPoint canal;         // centre of the canal at that height
    std::optional<double> trabecular_hu;  // mean of the inner body; nothing where it can't be measured
};

struct Listhesis {
    std::string upper, lower;  // levels
    double slip_mm = 0;        // of the upper body on the lower one; positive is anterior
};

struct Spine {
    std::vector<LpsPoint> canal;      // centreline, head end first
    std::vector<Vertebra> vertebrae;  // head end first
    std::vector<Listhesis> listhesis;
};

// A calcified deposit near the spine that is not bone.
struct Deposit {
    int id = 0;                       // 1 for the largest
    std::string level;                // of its centre; "uncertain" as for a vertebra
    std::vector<std::string> levels;  // all that it reaches, head end first
    Compartment compartment = Compartment::paraspinal;
    Side side = Side::midline;
    double volume_mm3 = 0;
    double mean_hu = 0, max_hu = 0, sd_hu = 0;
    double long_axis_mm = 0;  // largest distance of two of its voxels
    LpsPoint centroid;
    double canal_distance_mm = 0;       // shortest distance to the canal; 0 inside it
    double canal_occupied_percent = 0;  // of the canal's cross-section, at the worst slice
    double confidence = 0;              // that it is a deposit and not a mimic, 0 to 1
    VoxelMask mask;
};

// Something dense near the spine that was looked at and is not reported, so that a reader can check the
// reasons.
struct Excluded {
    std::string reason;  // for example "metal"
    double volume_mm3 = 0;
    LpsPoint centroid;
};

struct Findings {
    Verdict verdict = Verdict::negative;
    Spine spine;
    std::vector<Deposit> deposits;  // largest first
    std::vector<Excluded> excluded;
    double total_volume_mm3() const;
};

// Why a volume can't be judged. `code` is stable and for machines, `text` for the PACS administrator.
struct Unfit {
    std::string code;  // for example "no_spine_in_view"
    std::string text;
};

}  // namespace calcinode
