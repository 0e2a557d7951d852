// What the search for deposits sees in a volume whose deposits are known, for the fit of its curves.
//
//     fit_dump HU TRUTH NX NY NZ DX DY DZ      int16 HU and uint8 numbers of deposits, i fastest
//
// Lines of fields that are separated by tabs: one a true deposit ("truth"), one an outlined candidate
// ("mass", with what it covers and the value of each feature), and one for some of the solid places
// ("place").
#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "analysis/deposits/candidates.hpp"
#include "analysis/deposits/decide.hpp"
#include "analysis/deposits/mimics.hpp"
#include "analysis/deposits/segment.hpp"
#include "analysis/deposits/straight_place.hpp"
#include "analysis/deposits/triage.hpp"
#include "analysis/motion.hpp"
#include "base/parallel.hpp"

using namespace calcinode;
using namespace calcinode::deposits;

namespace {

constexpr int threads = 1;     // the caller runs one program a processor
constexpr double near_mm = 3;  // a component so close to a deposit is no false alarm

struct Known {
    Volume volume;
    std::vector<std::uint8_t> truth;
    int deposits = 0;
};

template <class Value>
std::vector<Value> read(const char* path, std::size_t count) {
    std::vector<Value> values(count);
    std::ifstream file(path, std::ios::binary);
    file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(count * sizeof(Value)));
    if (!file) throw std::runtime_error(std::string("cannot read ") + path);
    return values;
}

Known read_known(char** argument) {
    Known known;
    auto& grid = known.volume.grid;
    for (std::size_t a = 0; a < 3; ++a) {
        grid.size[a] = std::atoi(argument[3 + a]);
        grid.spacing_mm[a] = std::atof(argument[6 + a]);
    }
    known.volume.hu = read<std::int16_t>(argument[1], grid.voxels());
    known.truth = read<std::uint8_t>(argument[2], grid.voxels());
    known.deposits = *std::ranges::max_element(known.truth);
    return known;
}

// Which deposit is at each voxel of the straightened block.
std::vector<std::uint8_t> straight_truth(const Known& known, const spine::SpineInView& seen) {
    const auto& size = seen.straight.hu.size;
    std::vector<std::uint8_t> out(seen.straight.hu.values.size(), 0);
    for (std::uint32_t n = 0; n < out.size(); ++n) {
        const auto [i, j, k] = kernels::index_of(n, size);
        const auto v = known.volume.grid.nearest(seen.frame.to_lps(spine::Straight::place(i, j, k)));
        if (known.volume.grid.contains(v)) out[n] = known.truth[known.volume.grid.offset(v)];
    }
    return out;
}

// Each number: how many voxels it has among these.
std::vector<double> counts(const std::vector<std::uint8_t>& truth, const std::vector<std::size_t>& voxels,
                           int deposits) {
    std::vector<double> count(static_cast<std::size_t>(deposits) + 1, 0);
    for (const auto n : voxels) count[truth[n]] += 1;
    return count;
}

bool is_near(const Known& known, const std::vector<std::size_t>& voxels) {
    const auto& grid = known.volume.grid;
    const auto reach = [&](std::size_t a) { return static_cast<int>(near_mm / grid.spacing_mm[a]); };
    for (const auto n : voxels) {
        const auto v = grid.index(n);
        for (int k = v.k - reach(2); k <= v.k + reach(2); ++k)
            for (int j = v.j - reach(1); j <= v.j + reach(1); ++j)
                for (int i = v.i - reach(0); i <= v.i + reach(0); ++i)
                    if (grid.contains({i, j, k}) && known.truth[grid.offset({i, j, k})] != 0) return true;
    }
    return false;
}

struct Seen {  // how far each true deposit came
    double solid = 0, best_place = -100, best_candidate = -100;
    bool outlined = false;
};

void print_mass(const Known& known, const Mass& mass, const std::vector<double>& sizes, int id) {
    const auto count = counts(known.truth, mass.voxels, known.deposits);
    int number = 0;
    for (int n = 1; n <= known.deposits; ++n)
        if (const auto at = static_cast<std::size_t>(n);
            number == 0 || count[at] > count[static_cast<std::size_t>(number)])
            number = n;
    const double covered = number ? count[static_cast<std::size_t>(number)] : 0;
    const auto mimic = mimic_by_place(mass);
    const auto& c = mass.candidate.centre;
    std::printf("mass\t%d\t%d\t%.3f\t%.3f\t%d\t%s\t%.1f\t%.1f\t%.1f\t%d", id, covered > 0 ? number : 0,
                number ? covered / sizes[static_cast<std::size_t>(number)] : 0,
                covered / static_cast<double>(mass.voxels.size()), is_near(known, mass.voxels),
                mimic ? std::string(to_string(*mimic)).c_str() : "-", c.s, c.u, c.v,
                static_cast<int>(mass.placement.region));
    for (const auto& e : evidence_of(mass))
        std::printf("\t%s=%.4g=%.3f", e.feature.c_str(), e.value, e.log_odds);
    const auto& place = mass.placement;
    std::printf("\tzone=%d=0\thalf width=%.1f=0\tbehind front=%.1f=0\tbelow skull=%.1f=0",
                static_cast<int>(place.zone), place.half_width_mm, place.behind_front_mm,
                place.below_skull_mm);
    std::printf("\n");
}

void print_all(const Known& known, const spine::SpineInView& seen) {
    const auto tissue = find_solid_tissue(seen.straight, threads);
    const Observer observer(tissue, seen, threads);
    const Artefacts artefacts(known.volume, find_motion(known.volume, threads), threads);
    const auto truth = straight_truth(known, seen);
    std::vector<Seen> fate(static_cast<std::size_t>(known.deposits) + 1);
    for (std::uint32_t n = 0; n < truth.size(); ++n) {
        if (!tissue.solid[n] || truth[n] == 0) continue;
        const auto values = observer.features_at(kernels::index_of(n, tissue.smooth.size));
        fate[truth[n]].solid += 1;
        fate[truth[n]].best_place = std::max(fate[truth[n]].best_place, log_odds(values));
    }
    const auto all = find_candidates(tissue, observer, seen.first_judged_s, threads);
    for (const auto& candidate : all)
        for (const auto n : candidate.voxels)
            fate[truth[n]].best_candidate = std::max(fate[truth[n]].best_candidate, candidate.log_odds);
    const auto candidates = worth_outlining(all, seen);
    std::vector<std::size_t> every(known.truth.size());
    for (std::size_t n = 0; n < every.size(); ++n) every[n] = n;
    const auto sizes = counts(known.truth, every, known.deposits);
    for (int id = 0; const auto& candidate : candidates) {
        for (const auto n : candidate.voxels) fate[truth[n]].outlined = true;
        auto voxels = Segmenter(known.volume, seen.frame, tissue, observer, candidate).outline();
        if (voxels.empty()) continue;
        const auto mass =
            mass_of(known.volume, seen, tissue, observer, artefacts, candidate, std::move(voxels));
        print_mass(known, mass, sizes, id++);
    }
    for (int n = 1; n <= known.deposits; ++n) {
        const auto& f = fate[static_cast<std::size_t>(n)];
        std::printf("truth\t%d\t%.1f\t%.0f\t%.2f\t%.2f\t%d\n", n,
                    sizes[static_cast<std::size_t>(n)] * known.volume.grid.voxel_mm3(), f.solid, f.best_place,
                    f.best_candidate, f.outlined);
    }
}

}  // namespace

int main(int count, char** argument) {
    if (count != 9) return std::fprintf(stderr, "usage: fit_dump HU TRUTH NX NY NZ DX DY DZ\n"), 2;
    try {
        const auto known = read_known(argument);
        const auto seen = spine::find_spine(known.volume, threads);
        if (!seen) return std::fprintf(stderr, "%s\n", seen.error().text.c_str()), 3;
        print_all(known, *seen);
    } catch (const std::exception& error) {
        return std::fprintf(stderr, "%s\n", error.what()), 1;
    }
}
