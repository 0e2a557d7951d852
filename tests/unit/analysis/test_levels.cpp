// Names of a painted neck, by landmarks that are given.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "analysis/deposits/level_names.hpp"
#include "analysis/spine/levels.hpp"

using namespace calcinode;
using namespace calcinode::spine;

namespace {

constexpr double c2_c3_s = 60;
constexpr int length_mm = 190;

// Bodies with endplates, discs of 5 mm, pedicles beside the upper halves and foramina between them, from C2
// on.
struct PaintedNeck {
    std::vector<double> discs;  // C2/C3 and below
    Straight straight;
    Frame frame{{{{0, 0, 0}, 8, 1}, {{0, 0, -(length_mm - 1.0)}, 8, 1}}};
    Ribs ribs{std::vector<double>(length_mm, 15)};
    Landmarks landmarks;

    // The disc `fused` (0 for C2/C3) is bone. Beside it is no foramen, as in a block vertebra, or, where
    // `contrary`, a pedicle just where the foramen should be.
    explicit PaintedNeck(int fused = -1, bool contrary = false) {
        discs.push_back(c2_c3_s);
        for (int level = c3; discs.back() + 8 < length_mm; ++level)
            discs.push_back(discs.back() + usual_spacing_mm(level));
        auto& block = straight.hu;
        block.size = {2 * half_width_mm + 1, front_mm + back_mm + 1, length_mm};
        for (int k = 0; k < length_mm; ++k)
            for (int j = 0; j < block.size[1]; ++j)
                for (int i = 0; i < block.size[0]; ++i)
                    block.values.push_back(hu(Straight::place(i, j, k), fused, contrary));
    }

    std::int16_t hu(CurvedPoint p, int fused, bool contrary) const {
        double below = 1e9;  // from the nearest disc, negative above it
        int nearest = 0;
        for (int n = 0; n < static_cast<int>(discs.size()); ++n)
            if (const double off = p.s - discs[static_cast<std::size_t>(n)]; std::abs(off) < std::abs(below))
                below = off, nearest = n;
        const bool bone_all_through = nearest == fused || p.s < c2_c3_s - 8;
        if (std::abs(p.u) < 11 && p.v < -8 && p.v > -25) {
            if (bone_all_through || std::abs(below) > 5) return 250;
            return std::abs(below) > 2.5 ? 500 : 80;
        }
        const bool contrary_here = contrary && nearest == fused;
        const bool pedicle = contrary_here ? below < 1 : bone_all_through || (below > 2.5 && below < 11);
        return std::abs(p.u) < 18 && std::abs(p.u) >= 11 && p.v < 0 && p.v > -14 && pedicle ? 350 : 40;
    }
};

std::vector<std::string> names_of(const Spine& spine) {
    std::vector<std::string> names;
    for (const auto& vertebra : spine.vertebrae) names.push_back(vertebra.level);
    return names;
}

}  // namespace

TEST_CASE("a neck is named downward from the dens") {
    PaintedNeck neck;
    neck.landmarks.dens = c2_c3_s - 29;
    const auto spine = find_levels(neck.frame, neck.straight, neck.ribs, neck.landmarks);
    const auto names = names_of(spine);
    REQUIRE(names.size() >= 8);
    CHECK(std::vector(names.begin(), names.begin() + 7) ==
          std::vector<std::string>{"C1", "C2", "C3", "C4", "C5", "C6", "C7"});
    REQUIRE(spine.landmarks.size() == 1);
    CHECK(spine.landmarks[0].name == "dens");
    CHECK(std::ranges::find(spine.regions, "cervical") != spine.regions.end());
    for (const auto& vertebra : spine.vertebrae) CHECK(vertebra.alternatives.empty());
}

TEST_CASE("a landmark stands where it is: C1 above C2") {
    PaintedNeck neck;
    neck.landmarks.atlas_borders = {static_cast<int>(c2_c3_s) - 22};
    const auto by_width = find_levels(neck.frame, neck.straight, neck.ribs, neck.landmarks);
    REQUIRE(by_width.landmarks.size() == 1);
    CHECK(by_width.landmarks[0].name == "width of the atlas");
    CHECK(std::abs(-by_width.landmarks[0].place.z - (c2_c3_s - 27)) <= 4);
    neck.landmarks.dens = c2_c3_s - 29;
    const auto by_dens = find_levels(neck.frame, neck.straight, neck.ribs, neck.landmarks);
    REQUIRE(by_dens.landmarks.size() == 1);
    CHECK(std::abs(-by_dens.landmarks[0].place.z - (c2_c3_s - 29)) <= 1);
}

TEST_CASE("without a landmark every level is uncertain, with alternatives") {
    const PaintedNeck neck;
    const auto spine = find_levels(neck.frame, neck.straight, neck.ribs, neck.landmarks);
    REQUIRE(spine.vertebrae.size() >= 6);
    CHECK(spine.landmarks.empty());
    for (const auto& vertebra : spine.vertebrae) {
        CHECK(vertebra.level == uncertain_level);
        REQUIRE_FALSE(vertebra.alternatives.empty());
        CHECK(vertebra.confidence == vertebra.alternatives[0].probability);
    }
}

TEST_CASE("a block vertebra is counted as the two that it is") {
    PaintedNeck neck(2);  // C4 and C5
    neck.landmarks.dens = c2_c3_s - 29;
    const auto names = names_of(find_levels(neck.frame, neck.straight, neck.ribs, neck.landmarks));
    REQUIRE(names.size() >= 7);
    CHECK(names[3] == "C4");
    CHECK(names[4] == "C5");
    CHECK(names[6] == "C7");
}

TEST_CASE("beyond a disc that everything speaks against the names are open, before it they hold") {
    PaintedNeck neck(2, true);
    neck.landmarks.dens = c2_c3_s - 29;
    const auto names = names_of(find_levels(neck.frame, neck.straight, neck.ribs, neck.landmarks));
    REQUIRE(names.size() >= 7);
    CHECK(std::vector(names.begin(), names.begin() + 3) == std::vector<std::string>{"C1", "C2", "C3"});
    CHECK(names[5] == uncertain_level);
    CHECK(names[6] == uncertain_level);
}

TEST_CASE("a deposit takes the name, or the alternatives, of the vertebra beside it") {
    PaintedNeck neck;
    neck.landmarks.dens = c2_c3_s - 29;
    const auto named = find_levels(neck.frame, neck.straight, neck.ribs, neck.landmarks);
    neck.landmarks = {};
    const auto unnamed = find_levels(neck.frame, neck.straight, neck.ribs, neck.landmarks);
    Deposit deposit;
    deposit.centroid = {20, 5, -(neck.discs[1] + neck.discs[2]) / 2};  // beside C4
    deposit.long_axis_mm = 6;
    auto other = deposit;
    deposits::name_levels(deposit, named, neck.frame);
    CHECK(deposit.level == "C4");
    CHECK(deposit.levels == std::vector<std::string>{"C4"});
    deposits::name_levels(other, unnamed, neck.frame);
    CHECK(other.level == uncertain_level);
    CHECK_FALSE(other.alternatives.empty());
}
