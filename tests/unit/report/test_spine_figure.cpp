#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>

#include "report/picture.hpp"
#include "report/spine_figure.hpp"

using namespace calcinode;
using namespace calcinode::report;

namespace {

// A spine that bends forward and to the left on its way down, in soft tissue, each body a bright ball.
struct BentSpine {
    Volume volume;
    Spine spine;

    BentSpine() {
        auto& grid = volume.grid;
        grid.size = {110, 120, 80};
        grid.spacing_mm = {1.5, 1.4, 2};
        grid.origin = {-80, -60, 300};
        volume.hu.assign(grid.voxels(), 40);
        for (double z = 455; z >= 303; z -= 4) spine.canal.push_back(canal_at(z));
        for (int n = 0; n < 7; ++n) add_body(n, 445 - 22.0 * n);
        spine.landmarks = {{"first rib", "T1", spine.vertebrae[2].canal}};
        spine.listhesis = {{"C7", "T1", 1, 4.2, 0.5, spine.vertebrae[2].upper_endplate + Vec3{0, 8, 0}}};
    }

    static LpsPoint canal_at(double z) {
        const double down = (455 - z) / 152;
        return {40 * down * down, 45 - 30 * down, z};
    }

    void add_body(int n, double z) {
        Vertebra v;
        v.level = n < 2 ? "C" + std::to_string(6 + n) : "T" + std::to_string(n - 1);
        v.canal = canal_at(z);
        v.body = v.canal - Vec3{0, 16, 0};
        v.upper_endplate = v.body + Vec3{0, 0, 9};
        v.lower_endplate = v.body - Vec3{0, 0, 9};
        v.depth_mm = 16;
        if (n > 4) {
            v.level = "uncertain";
            v.alternatives = {{"T" + std::to_string(n - 1), 0.6}, {"T" + std::to_string(n), 0.35}};
        }
        spine.vertebrae.push_back(v);
        for (int k = 0; k < volume.grid.size[2]; ++k)
            for (int j = 0; j < volume.grid.size[1]; ++j)
                for (int i = 0; i < volume.grid.size[0]; ++i)
                    if (distance(volume.grid.to_lps(i, j, k), v.body) < 6)
                        volume.hu[volume.grid.offset({i, j, k})] = 1200;
    }
};

int grey_at(const CurvedView& view, LpsPoint p) {
    const auto pixel = view.at(p);
    const int x = static_cast<int>(std::lround(pixel.x)), y = static_cast<int>(std::lround(pixel.y));
    REQUIRE((x >= 0 && y >= 0 && x < view.width && y < view.height));
    return windowed(view.hu[view.pixel(x, y)], view.window);
}

}  // namespace

TEST_CASE("the reformats follow a bent spine: each body is where it is drawn, on both pictures") {
    const BentSpine bent;
    for (const auto plane : {CurvedPlane::sagittal, CurvedPlane::coronal}) {
        const auto view = curved_view(plane, bent.spine, bent.volume);
        for (const auto& v : bent.spine.vertebrae) {
            CHECK(grey_at(view, v.body) > 180);
            CHECK(grey_at(view, v.body + Vec3{0, 0, 9.5}) < 130);  // between two balls
        }
    }
}

TEST_CASE("lengths along the spine are true on the reformat, also where the spine goes to the side") {
    const BentSpine bent;
    const auto view = curved_view(CurvedPlane::sagittal, bent.spine, bent.volume);
    const auto a = bent.canal_at(330), b = bent.canal_at(320);
    const double drawn_mm = (view.at(b).y - view.at(a).y) * view.step_y_mm;
    CHECK(drawn_mm == doctest::Approx(std::hypot(10, b.x - a.x)).epsilon(0.02));
    const LpsPoint before = a - Vec3{0, 20, 0};
    CHECK((view.at(a).x - view.at(before).x) * view.step_x_mm == doctest::Approx(20).epsilon(0.01));
}

TEST_CASE("the pictures hold names, uncertain ones too, and are the same each time") {
    const BentSpine bent;
    for (const auto plane : {CurvedPlane::sagittal, CurvedPlane::coronal}) {
        const auto picture = draw_spine(plane, bent.spine, bent.volume);
        REQUIRE(picture);
        CHECK(picture->width % 2 == 0);
        CHECK(picture->rgb.size() ==
              static_cast<std::size_t>(picture->width) * static_cast<std::size_t>(picture->height) * 3);
        CHECK(draw_spine(plane, bent.spine, bent.volume)->rgb == picture->rgb);
        auto nameless = bent.spine;
        for (auto& v : nameless.vertebrae) v.level = v.level == "uncertain" ? v.level : "T9";
        CHECK(draw_spine(plane, nameless, bent.volume)->rgb != picture->rgb);
        if (const char* folder = std::getenv("CALCINODE_KEEP"))
            CHECK(write_png(*picture, std::filesystem::path(folder) /
                                          (plane == CurvedPlane::sagittal ? "bent-s.png" : "bent-c.png")));
    }
}

TEST_CASE("a spine without vertebrae is drawn, one without a canal is not") {
    BentSpine bent;
    bent.spine.vertebrae.clear();
    bent.spine.listhesis.clear();
    CHECK(draw_spine(CurvedPlane::sagittal, bent.spine, bent.volume));
    bent.spine.canal.clear();
    CHECK_FALSE(draw_spine(CurvedPlane::coronal, bent.spine, bent.volume));
    bent.spine.canal = {{0, 0, 350}};
    CHECK(draw_spine(CurvedPlane::coronal, bent.spine, bent.volume));
    CHECK_FALSE(draw_spine(CurvedPlane::sagittal, bent.spine, Volume{}));
}
