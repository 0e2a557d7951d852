#include <doctest/doctest.h>

#include <cmath>

#include "report/figure_views.hpp"
#include "report/synthetic_study.hpp"

using namespace calcinode;
using namespace calcinode::report;
using namespace calcinode::report::test;

namespace {

int hu_at(const View& view, PixelPoint p) {
    return view.hu[view.pixel(static_cast<int>(std::lround(p.x)), static_cast<int>(std::lround(p.y)))];
}

Scene scene_of(const SyntheticStudy& study) {
    return calcinode::report::scene_of(*study.outcome.findings, study.volume);
}

}  // namespace

TEST_CASE("the axial image has the patient's right at its left and the front on top") {
    SyntheticStudy study;
    study.add_deposit({45, 45, 12}, {4, 4, 3});
    const auto view = axial_view(scene_of(study), 0, 1.0);
    CHECK(view.k == 12);
    CHECK(view.at({50, 0, 0}).x > view.at({10, 0, 0}).x);  // i grows to the patient's left
    CHECK(view.at({0, 50, 0}).y > view.at({0, 10, 0}).y);  // j grows to the back
    CHECK(hu_at(view, view.at({45, 45, 12})) > hu_at(view, view.at({55, 55, 12})) + 500);
}

TEST_CASE("projections have the head on top, the front or the patient's right at their left") {
    SyntheticStudy study;
    study.add_deposit({45, 45, 18}, {4, 4, 2});
    const auto scene = scene_of(study);
    const auto sagittal = sagittal_view(scene, 100), coronal = coronal_view(scene, 0, 100);
    CHECK(sagittal.at({0, 0, 20}).y < sagittal.at({0, 0, 3}).y);
    CHECK(sagittal.at({0, 10, 0}).x < sagittal.at({0, 50, 0}).x);
    CHECK(coronal.at({10, 0, 0}).x < coronal.at({50, 0, 0}).x);
    for (const auto* view : {&sagittal, &coronal}) {
        CHECK(hu_at(*view, view->at({45, 45, 18})) > hu_at(*view, view->at({45, 45, 5})) + 500);
        CHECK(view->targets[0].count > 0);
    }
}

TEST_CASE("the coronal slab is around its own deposit and hides what is before and behind") {
    SyntheticStudy study({.size = {63, 120, 24}});
    study.add_deposit({45, 15, 12}, {5, 3, 4});
    study.add_deposit({45, 100, 12}, {4, 3, 4});
    const auto scene = scene_of(study);
    for (const std::size_t target : {0U, 1U}) {
        const auto view = coronal_view(scene, target, 100);
        CHECK(view.targets[target].count > 0);
        CHECK(view.targets[1 - target].count == 0);
        CHECK(view.slab_mm >= 20);
        CHECK(view.slab_mm < 40);
    }
    CHECK(sagittal_view(scene, 200).targets[1].count > 0);
}

TEST_CASE("a long scan is cut out around its deposits, all of which are seen") {
    SyntheticStudy study({.size = {20, 20, 700}, .spacing_mm = {2, 2, 1}});
    study.add_deposit({10, 10, 400}, {2, 2, 4});
    study.add_deposit({10, 10, 650}, {2, 2, 3});
    const auto scene = scene_of(study);
    CHECK(scene.heights.contains(400));
    CHECK(scene.heights.contains(650));
    CHECK(scene.heights_mm() < 450);
    study.outcome.findings->deposits.pop_back();
    CHECK(scene_of(study).heights_mm() == doctest::Approx(260));
}

TEST_CASE("what is too far apart for one projection is shown around the largest deposit") {
    SyntheticStudy study({.size = {20, 20, 700}, .spacing_mm = {2, 2, 1}});
    study.add_deposit({10, 10, 40}, {2, 2, 4});
    study.add_deposit({10, 10, 650}, {2, 2, 3});
    const auto scene = scene_of(study);
    CHECK(scene.heights.contains(40));
    CHECK_FALSE(scene.heights.contains(650));
}

TEST_CASE("the leading deposit is what is pointed at, and is listed however small it is") {
    SyntheticStudy study;
    for (int n = 0; n < 12; ++n) study.add_deposit({5 + 4 * n, 45, 12}, {1, 1, 1});
    study.outcome.findings->leading_id = 3;
    CHECK(scene_of(study).targets[scene_of(study).leading].number == 3);
    CHECK(scene_of(study).leading == 2);
    study.outcome.findings->leading_id = 12;
    const auto scene = scene_of(study);
    CHECK(scene.leading == scene.listed - 1);
    CHECK(scene.targets[scene.leading].number == 12);
    CHECK(scene.targets[scene.listed].number == 10);
}

TEST_CASE("the canal's place between and beyond its known points follows them") {
    SyntheticStudy study;
    auto& canal = study.outcome.findings->spine.canal;
    canal = {study.volume.grid.to_lps(30, 30, 20), study.volume.grid.to_lps(10, 40, 10)};
    const auto course = canal_course(study.outcome.findings->spine, study.volume.grid, {});
    CHECK(course.i_at(15) == doctest::Approx(20));
    CHECK(course.j_at(15) == doctest::Approx(35));
    CHECK(course.i_at(0) == doctest::Approx(10));
    CHECK(course.i_at(23) == doctest::Approx(30));
}

TEST_CASE("letters at the edges are those of the patient's directions, two for an oblique volume") {
    CHECK(direction_letters({1, 0, 0}) == "L");
    CHECK(direction_letters({-1, 0.1, 0}) == "R");
    CHECK(direction_letters({0, -1, 0}) == "A");
    CHECK(direction_letters({0, 0, 1}) == "H");
    CHECK(direction_letters({0, 0.5, -0.86}) == "FP");
}

TEST_CASE("in an indeterminate study without deposits what could be one is pointed at, the largest first") {
    SyntheticStudy study;
    auto& findings = *study.outcome.findings;
    findings.verdict = Verdict::indeterminate;
    for (const double volume : {90.0, 700.0}) {
        Excluded excluded{.mimic = Mimic::posterior_longitudinal_ligament, .volume_mm3 = volume};
        excluded.centroid = study.volume.grid.to_lps(30, 30, 12);
        excluded.could_be_deposit = true;
        findings.excluded.push_back(excluded);
    }
    findings.excluded.push_back({.mimic = Mimic::metal, .volume_mm3 = 5000});
    const auto scene = scene_of(study);
    REQUIRE(scene.targets.size() == 2);
    CHECK(scene.targets[0].volume_mm3 == 700);
    CHECK(sagittal_view(scene, 100).targets[0].count > 0);
    CHECK(axial_view(scene, 0, 1).k == 12);
    findings.verdict = Verdict::negative;
    CHECK(scene_of(study).targets.empty());
}
