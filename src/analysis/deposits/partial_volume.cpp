#include "analysis/deposits/partial_volume.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>

#include "analysis/kernels/distance.hpp"
#include "analysis/kernels/median.hpp"

namespace calcinode::deposits {
namespace {

// So far to both sides of an edge a scanner's blur reaches (three standard deviations of a sharp kernel's,
// two of a soft one's); one voxel where voxels are larger.
constexpr double blur_mm = 1.5;
// Inside and soft tissue are measured within this distance of each voxel: the next fat is not much further.
constexpr double close_mm = 4.0;
// So many of them, the nearest: a quarter of the noise remains, and of fat and muscle the one that is there.
constexpr std::size_t enough = 16;
// Attenuation from which on something is no soft tissue but may be bone, plaque or contrast; and what muscle
// has, for a deposit with no soft tissue around it.
constexpr double no_soft_tissue_hu = 130, muscle_hu = 55;
// Outside of the mask what is this share of the way to the inside is something else, bone or marrow: right
// beside the mask, further out in the blur's reach, and beyond that.
constexpr double as_dense = 0.75, dense_beyond_first = 0.5, dense_beyond_blur = 0.15;
// A thin deposit's inside: the deeper half of it, of so many voxels, and so far from what is outside.
constexpr double core_share = 0.5, least_core_mm = 1;
constexpr std::size_t least_core = 4;
constexpr double least_contrast_hu = 60;                    // less says nothing about shares
constexpr double lowest_share = -0.5, highest_share = 1.5;  // room for noise, not for air or metal
constexpr double mad_to_sd = 1.4826;

struct Offset {
    int di, dj, dk;
    std::ptrdiff_t step;
    double mm;
};

enum class Kind : std::uint8_t { beyond, soft_ring, shell, rim, deep, other_dense };

// The box around the deposit with what each of its voxels is.
class Box {
  public:
    Box(const Volume& volume, const VoxelMask& mask) : volume_(&volume) {
        const auto& grid = volume.grid;
        std::array<int, 3> high{};
        const std::array<int, 3> mask_low{mask.low.i, mask.low.j, mask.low.k};
        std::array<int, 3> box_low{};
        for (std::size_t a = 0; a < 3; ++a) {
            const int margin = 1 + static_cast<int>(std::ceil((blur_mm + close_mm) / grid.spacing_mm[a]));
            box_low[a] = std::max(0, mask_low[a] - margin);
            high[a] = std::min(grid.size[a] - 1, mask_low[a] + mask.size[a] - 1 + margin);
            size[a] = high[a] - box_low[a] + 1;
        }
        low = {box_low[0], box_low[1], box_low[2]};
        kinds.assign(static_cast<std::size_t>(size[0]) * static_cast<std::size_t>(size[1]) *
                         static_cast<std::size_t>(size[2]),
                     Kind::beyond);
        for_all([&](VoxelIndex v, std::size_t n) {
            if (mask.at({low.i + v.i, low.j + v.j, low.k + v.k})) kinds[n] = Kind::deep;
        });
    }

    template <class Do>
    void for_all(Do&& action) const {
        std::size_t n = 0;
        for (int k = 0; k < size[2]; ++k)
            for (int j = 0; j < size[1]; ++j)
                for (int i = 0; i < size[0]; ++i, ++n) action(VoxelIndex{i, j, k}, n);
    }

    const std::array<double, 3>& spacing_mm() const { return volume_->grid.spacing_mm; }
    double hu(VoxelIndex v) const { return volume_->at({low.i + v.i, low.j + v.j, low.k + v.k}); }

    // Offsets within `mm`, and those to the 26 neighbours; nearest first.
    std::vector<Offset> within(double mm) const {
        const auto& spacing = volume_->grid.spacing_mm;
        std::array<int, 3> reach{};
        for (std::size_t a = 0; a < 3; ++a) reach[a] = std::max(1, static_cast<int>(mm / spacing[a]));
        std::vector<Offset> offsets;
        for (int dk = -reach[2]; dk <= reach[2]; ++dk)
            for (int dj = -reach[1]; dj <= reach[1]; ++dj)
                for (int di = -reach[0]; di <= reach[0]; ++di) {
                    const double far = std::hypot(di * spacing[0], dj * spacing[1], dk * spacing[2]);
                    const bool neighbour = std::max({std::abs(di), std::abs(dj), std::abs(dk)}) == 1;
                    if (far <= 0 || (far > mm && !neighbour)) continue;
                    offsets.push_back(
                        {di, dj, dk, (static_cast<std::ptrdiff_t>(dk) * size[1] + dj) * size[0] + di, far});
                }
        std::ranges::sort(offsets, {}, &Offset::mm);
        return offsets;
    }

    bool contains(VoxelIndex v, const Offset& o) const {
        const int i = v.i + o.di, j = v.j + o.dj, k = v.k + o.dk;
        return i >= 0 && j >= 0 && k >= 0 && i < size[0] && j < size[1] && k < size[2];
    }

    static std::size_t moved(std::size_t n, const Offset& o) {
        return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(n) + o.step);
    }

    // Whether one of the six voxels beside it is of such a kind.
    template <class Is>
    bool borders(VoxelIndex v, std::size_t n, Is&& is) const {
        const auto nx = static_cast<std::size_t>(size[0]), plane = nx * static_cast<std::size_t>(size[1]);
        return (v.i > 0 && is(kinds[n - 1])) || (v.i + 1 < size[0] && is(kinds[n + 1])) ||
               (v.j > 0 && is(kinds[n - nx])) || (v.j + 1 < size[1] && is(kinds[n + nx])) ||
               (v.k > 0 && is(kinds[n - plane])) || (v.k + 1 < size[2] && is(kinds[n + plane]));
    }

    VoxelIndex low;
    std::array<int, 3> size{};
    std::vector<Kind> kinds;

  private:
    const Volume* volume_;
};

bool in_mask(Kind kind) {
    return kind == Kind::deep || kind == Kind::rim;
}

// The mask becomes its deep part and its rim; outside of it a shell, and beyond that a ring of what is there.
void peel(Box& box, const std::vector<Offset>& blur, const std::vector<Offset>& near) {
    box.for_all([&](VoxelIndex v, std::size_t n) {
        if (!in_mask(box.kinds[n])) return;
        for (const auto& o : blur) {
            if (!box.contains(v, o)) continue;
            auto& other = box.kinds[Box::moved(n, o)];
            if (in_mask(other)) continue;
            box.kinds[n] = Kind::rim;
            other = Kind::shell;
        }
    });
    box.for_all([&](VoxelIndex v, std::size_t n) {
        if (box.kinds[n] != Kind::shell) return;
        for (const auto& o : near) {
            if (!box.contains(v, o)) continue;
            auto& other = box.kinds[Box::moved(n, o)];
            if (other == Kind::beyond) other = Kind::soft_ring;
        }
    });
}

struct Levels {
    double inside_hu, soft_hu;
    double noise_hu;  // standard deviation in the soft tissue
};

// The mean of what lies deepest in a mask that is too thin for a deep part. The densest voxels are it only
// where voxels are so large that none else is entirely inside; elsewhere they would be the peaks of its
// texture.
double inside_of_thin(const Box& box, double noise_hu) {
    std::vector<std::uint8_t> outside(box.kinds.size());
    std::ranges::transform(box.kinds, outside.begin(), [](Kind kind) { return !in_mask(kind); });
    const auto depth = kernels::distance_mm(outside, box.size, box.spacing_mm(), 1);
    const double deepest = *std::ranges::max_element(depth);
    const double least_mm = std::max(least_core_mm, core_share * deepest);
    double core = 0, densest = -std::numeric_limits<double>::infinity();
    std::size_t count = 0;
    box.for_all([&](VoxelIndex v, std::size_t n) {
        if (depth[n] >= least_mm && !box.borders(v, n, std::not_fn(in_mask))) core += box.hu(v), ++count;
        if (in_mask(box.kinds[n])) densest = std::max(densest, box.hu(v));
    });
    if (count >= least_core) return core / static_cast<double>(count);
    double sum = 0;
    count = 0;
    box.for_all([&](VoxelIndex v, std::size_t n) {  // those that differ by no more than noise does
        if (in_mask(box.kinds[n]) && box.hu(v) >= densest - 2 * noise_hu) sum += box.hu(v), ++count;
    });
    return sum / static_cast<double>(count);
}

// Around the whole deposit.
Levels levels_of(const Box& box) {
    std::vector<double> deep, soft;
    box.for_all([&](VoxelIndex v, std::size_t n) {
        const double hu = box.hu(v);
        if (box.kinds[n] == Kind::deep) deep.push_back(hu);
        if (box.kinds[n] == Kind::soft_ring && hu < no_soft_tissue_hu) soft.push_back(hu);
    });
    const double soft_hu = soft.empty() ? muscle_hu : kernels::median(soft);
    for (double& hu : soft) hu = std::abs(hu - soft_hu);
    const double noise = soft.empty() ? 0 : mad_to_sd * kernels::median(soft);
    return {deep.size() >= enough ? kernels::median(deep) : inside_of_thin(box, noise), soft_hu, noise};
}

// What is outside of the mask and as dense as the deposit belongs to something else.
void mark_dense(Box& box, const Levels& levels) {
    const double contrast = levels.inside_hu - levels.soft_hu;
    const double margin = 2 * levels.noise_hu;  // noise of one voxel is no bone
    const double in_shell = levels.soft_hu + as_dense * contrast + margin;
    const double beyond_shell = levels.soft_hu + dense_beyond_first * contrast + margin;
    const double in_ring =
        std::max(no_soft_tissue_hu, levels.soft_hu + dense_beyond_blur * contrast) + margin;
    box.for_all([&](VoxelIndex v, std::size_t n) {
        auto& kind = box.kinds[n];
        if ((kind == Kind::shell && box.hu(v) >= (box.borders(v, n, in_mask) ? in_shell : beyond_shell)) ||
            (kind == Kind::soft_ring && box.hu(v) >= in_ring))
            kind = Kind::other_dense;
    });
}

// The same close to one voxel, where there is enough to measure.
Levels levels_near(const Box& box, VoxelIndex v, std::size_t n, const std::vector<Offset>& near,
                   const Levels& levels) {
    double deep = 0, soft = 0;
    std::size_t deep_count = 0, soft_count = 0;
    for (const auto& o : near) {
        if (deep_count >= enough && soft_count >= enough) break;
        if (!box.contains(v, o)) continue;
        const auto kind = box.kinds[Box::moved(n, o)];
        if (kind != Kind::deep && kind != Kind::soft_ring) continue;
        const double hu = box.hu({v.i + o.di, v.j + o.dj, v.k + o.dk});
        if (kind == Kind::deep && deep_count < enough)
            deep += hu, ++deep_count;
        else if (kind == Kind::soft_ring && hu < no_soft_tissue_hu && soft_count < enough)
            soft += hu, ++soft_count;
    }
    return {deep_count >= enough ? deep / static_cast<double>(deep_count) : levels.inside_hu,
            soft_count >= enough ? soft / static_cast<double>(soft_count) : levels.soft_hu, levels.noise_hu};
}

// Whether something else that is dense is within the reach of blur, so that no share can be told. Where
// voxels are larger than that reach, of a voxel of the shell only if it is nearer than the mask.
bool beside_dense(const Box& box, VoxelIndex v, std::size_t n, const std::vector<Offset>& blur) {
    const bool in_shell = box.kinds[n] == Kind::shell;
    bool mask_is_nearer = false;
    for (const auto& o : blur) {
        if (!box.contains(v, o)) continue;
        const auto kind = box.kinds[Box::moved(n, o)];
        if (kind == Kind::other_dense && (o.mm <= blur_mm || !mask_is_nearer)) return true;
        if (in_shell && in_mask(kind)) mask_is_nearer = true;
    }
    return false;
}

double share_of(const Box& box, VoxelIndex v, std::size_t n, const std::vector<Offset>& blur,
                const std::vector<Offset>& near, const Levels& levels) {
    const auto kind = box.kinds[n];
    if (kind == Kind::deep) return 1;
    if (kind != Kind::rim && kind != Kind::shell) return 0;
    const double whole = kind == Kind::rim ? 1 : 0;
    if (beside_dense(box, v, n, blur)) return whole;
    const auto here = levels_near(box, v, n, near, levels);
    if (here.inside_hu - here.soft_hu < least_contrast_hu) return whole;
    return std::clamp((box.hu(v) - here.soft_hu) / (here.inside_hu - here.soft_hu), lowest_share,
                      highest_share);
}

}  // namespace

float Shares::at(VoxelIndex v) const {
    const int i = v.i - low.i, j = v.j - low.j, k = v.k - low.k;
    if (i < 0 || j < 0 || k < 0 || i >= size[0] || j >= size[1] || k >= size[2]) return 0;
    return share[(static_cast<std::size_t>(k) * static_cast<std::size_t>(size[1]) +
                  static_cast<std::size_t>(j)) *
                     static_cast<std::size_t>(size[0]) +
                 static_cast<std::size_t>(i)];
}

double Shares::sum() const {
    double total = 0;
    for (const float one : share) total += one;
    return total;
}

Shares shares_of(const Volume& volume, const VoxelMask& mask) {
    Box box(volume, mask);
    const auto blur = box.within(blur_mm), near = box.within(close_mm);
    peel(box, blur, near);
    const auto levels = levels_of(box);
    mark_dense(box, levels);
    Shares shares{box.low, box.size, std::vector<float>(box.kinds.size(), 0)};
    box.for_all([&](VoxelIndex v, std::size_t n) {
        shares.share[n] = static_cast<float>(share_of(box, v, n, blur, near, levels));
    });
    return shares;
}

}  // namespace calcinode::deposits
