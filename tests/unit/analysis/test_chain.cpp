// The chain of named discs, on evidence made by hand: what is seen along a spine whose anatomy is known.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "analysis/spine/chain.hpp"

using namespace calcinode::spine;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

// A spine that shows nothing but its discs: below the vertebrae `first` to `last`, the first disc at
// `first_s`, each vertebra as high as usual times `size`.
struct Made {
    Evidence evidence;
    std::vector<int> discs;  // below first, first + 1, ...
    int first;

    Made(int first_level, int last_level, double first_s, double beyond_mm, double size = 1)
        : first(first_level) {
        double s = first_s;
        discs.push_back(static_cast<int>(std::lround(s)));
        for (int level = first_level + 1; level <= last_level; ++level)
            discs.push_back(static_cast<int>(std::lround(s += size * usual_spacing_mm(level))));
        const auto n = static_cast<std::size_t>(discs.back() + beyond_mm);
        evidence.disc.assign(n, -2);
        evidence.disc_dip.assign(n, 0);
        evidence.rib_hu.assign(n, unknown);
        evidence.rib_joins.assign(n, 0);
        evidence.depth_mm.assign(n, unknown);
        evidence.spinous.assign(n, {});
        for (const int disc : discs)
            for (int d = -1; d <= 1; ++d) evidence.disc[static_cast<std::size_t>(disc + d)] = 3;
    }
    int disc_below(int level) const { return discs[static_cast<std::size_t>(level - first)]; }
    double middle_of(int level) const { return (disc_below(level - 1) + disc_below(level)) / 2.0; }
    // Ribs at T1 to T12, none elsewhere.
    void show_ribs() {
        for (std::size_t s = 0; s < evidence.rib_hu.size(); ++s) {
            int level = first;
            for (const int disc : discs) level += static_cast<int>(s) > disc ? 1 : 0;
            evidence.rib_hu[s] = level >= t1 && level <= t12 ? 300 : 15;
        }
    }
};

double probability(const Chain& chain, const Made& made, int level) {
    for (std::size_t n = 0; n < chain.discs.size(); ++n)
        if (std::abs(chain.discs[n] - made.disc_below(level)) <= 3)
            return chain.names[n][static_cast<std::size_t>(level)];
    return 0;
}

}  // namespace

TEST_CASE("discs alone give places, but no sure names") {
    const Made made(t1 + 3, t1 + 8, 20, 25);
    const auto chain = likeliest_chain(made.evidence);
    REQUIRE(chain.discs.size() == made.discs.size());
    for (std::size_t n = 0; n < chain.discs.size(); ++n) CHECK(std::abs(chain.discs[n] - made.discs[n]) <= 2);
    CHECK(probability(chain, made, t1 + 5) < 0.6);
}

TEST_CASE("the dens names a neck") {
    for (const double size : {0.85, 1.0, 1.15}) {
        CAPTURE(size);
        Made made(c2, c7, 70, 20, size);
        made.evidence.disc_c2_c3.push_back({made.discs[0] + 3.0, 5.5});
        const auto chain = likeliest_chain(made.evidence);
        CHECK(chain.first_level == c2);
        CHECK(probability(chain, made, c7) > 0.95);
    }
}

TEST_CASE("the first rib names a neck whose upper end is out of view") {
    Made made(c2 + 2, t1 + 2, 12, 20);
    made.evidence.t1.push_back({made.middle_of(t1) - 3, 4.5});
    made.show_ribs();
    const auto chain = likeliest_chain(made.evidence);
    CHECK(probability(chain, made, c7) > 0.95);
    CHECK(chain.first_level == c2 + 2);
}

TEST_CASE("the lowest rib names the vertebrae around it") {
    Made made(t12 - 3, l1 + 3, 20, 30);
    made.show_ribs();
    const auto chain = likeliest_chain(made.evidence);
    CHECK(probability(chain, made, t12) > 0.95);
    CHECK(probability(chain, made, l1) > 0.95);
}

TEST_CASE("the iliac crests name a lumbar spine without ribs in view") {
    Made made(l1, l5, 20, 40);
    made.evidence.disc_l4_l5 = Place{made.disc_below(l4) - 6.0, 14};
    for (double& hu : made.evidence.rib_hu) hu = 15;
    const auto chain = likeliest_chain(made.evidence);
    CHECK(probability(chain, made, l4) > 0.7);
}

TEST_CASE("landmarks that disagree leave the names open") {
    // One vertebra fewer between the first rib and the iliac crests than usual, as in transitional anatomy.
    Made made(t1, l4, 20, 30);
    made.evidence.t1.push_back({made.discs[0] - 9.0, 4.5});
    Made fewer = made;
    fewer.evidence.disc_l4_l5 = Place{static_cast<double>(made.disc_below(l4 - 1)), 5};
    const double agreed = probability(likeliest_chain(made.evidence), made, l1);
    const double disputed = probability(likeliest_chain(fewer.evidence), fewer, l1);
    CHECK(agreed > 0.95);
    CHECK(disputed < agreed);
    CHECK(disputed < 0.75);
}

TEST_CASE("one disc that does not show is bridged, one that is too many is left out") {
    Made made(c2, t1 + 4, 60, 20);
    made.evidence.disc_c2_c3.push_back({static_cast<double>(made.discs[0]), 5.5});
    for (int d = -1; d <= 1; ++d) {
        made.evidence.disc[static_cast<std::size_t>(made.disc_below(c2 + 3) + d)] = -0.5;
        made.evidence.disc[static_cast<std::size_t>(made.middle_of(t1) + d)] = 2;
    }
    const auto chain = likeliest_chain(made.evidence);
    REQUIRE(chain.discs.size() == made.discs.size());
    for (std::size_t n = 0; n < chain.discs.size(); ++n) CHECK(std::abs(chain.discs[n] - made.discs[n]) <= 3);
}

TEST_CASE("too little evidence gives an empty chain or a short one, never a fault") {
    for (std::size_t n = 0; n < 60; ++n) {
        Evidence evidence;
        evidence.disc.assign(n, 0);
        evidence.disc_dip.assign(n, 0);
        evidence.rib_hu.assign(n, unknown);
        evidence.rib_joins.assign(n, 0);
        evidence.depth_mm.assign(n, unknown);
        evidence.spinous.assign(n, {});
        const auto chain = likeliest_chain(evidence);
        CHECK(chain.names.size() == chain.discs.size());
        for (const int disc : chain.discs) CHECK(static_cast<std::size_t>(disc) < n);
    }
}
