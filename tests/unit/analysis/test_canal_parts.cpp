// What of a candidate lies in the canal is one as well.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <vector>

#include "analysis/deposits/canal_parts.hpp"
#include "synthetic_spine.hpp"

using namespace calcinode;
using namespace calcinode::deposits;
using namespace calcinode::test;

namespace {

struct Scanned {
    Volume volume = volume_of({});
    spine::SpineInView seen = seen_in(volume);
    SolidTissue tissue = find_solid_tissue(seen.straight, 1);
    Observer observer{tissue, seen, 1};
    std::array<int, 3> size = tissue.smooth.size;

    // All places of a box in the middle, three millimetres high, from `first` to `last` front to back.
    Candidate box(int half_width, double first, double last) const {
        std::vector<std::uint32_t> places;
        const auto count = static_cast<std::uint32_t>(tissue.smooth.values.size());
        for (std::uint32_t n = 0; n < count; ++n) {
            const auto [i, j, k] = kernels::index_of(n, size);
            const auto at = spine::Straight::place(i, j, k);
            if (std::abs(at.s - 36) < 2 && std::abs(at.u) <= half_width && at.v >= first && at.v <= last)
                places.push_back(n);
        }
        return candidate_of(std::move(places), observer, size);
    }
    std::vector<Candidate> parts_of(const Candidate& candidate) const {
        return canal_parts({candidate}, observer, size);
    }
};

}  // namespace

TEST_CASE("what reaches from a body into the canal is looked at there for itself as well") {
    const Scanned scanned;
    const auto whole = scanned.box(4, -25, 2);
    const auto parts = scanned.parts_of(whole);
    REQUIRE(parts.size() == 1);
    CHECK(std::ranges::includes(whole.voxels, parts[0].voxels));
    CHECK(parts[0].volume_mm3 == doctest::Approx(scanned.box(4, -6.9, 2).volume_mm3));
    CHECK(parts[0].centre.v > -5);
    CHECK(parts[0].own.size() == parts[0].voxels.size());
}

TEST_CASE("what lies in the canal for the most part is one candidate, and a corner in it makes none") {
    const Scanned scanned;
    CHECK(scanned.parts_of(scanned.box(4, -9, 6)).empty());
    CHECK(scanned.parts_of(scanned.box(1, -25, -6)).empty());
    CHECK(scanned.parts_of(scanned.box(4, -25, -10)).empty());
}
