#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

#include "analysis/analyse.hpp"
#include "analysis/deposits/decide.hpp"
#include "analysis/deposits/find_deposits.hpp"
#include "synthetic_spine.hpp"

using namespace calcinode;
using namespace calcinode::deposits;
using namespace calcinode::test;

namespace {

constexpr double usual_confidence = 0.5;

struct Ball {
    double s, u, v, radius_mm, hu;

    double volume_mm3() const { return 4.18879 * radius_mm * radius_mm * radius_mm; }
};

// What is found in a spine of C3 to C6 with these deposits.
Found found_with(const std::vector<Ball>& balls, double least_confidence = usual_confidence, int threads = 1,
                 const std::vector<MotionStep>& motion = {}) {
    auto volume = volume_of(SpineShape{});
    for (const auto& b : balls) add_ball(volume, b.s, b.u, b.v, b.radius_mm, b.hu);
    return find_deposits(volume, seen_in(volume), motion, least_confidence, threads);
}

// In the muscle to the left beside the second vertebra, C4; beside the facets of the third, to the right.
constexpr Ball left_muscle{pitch_mm + 12, 34, 24, 6, 450}, right_facet{2 * pitch_mm + 12, -26, 16, 5, 600};

const Found& found_both() {
    static const Found found = found_with({left_muscle, right_facet});
    return found;
}

double far_from(const Ball& ball, LpsPoint p) {
    return distance(p, spine_place(ball.s, ball.u, ball.v));
}

// Of a ball that has settled: its upper half, as one lies on the back, has this attenuation.
Found found_with_upper_half(const Ball& ball, double hu) {
    auto volume = volume_of(SpineShape{});
    add_ball(volume, ball.s, ball.u, ball.v, ball.radius_mm, ball.hu);
    for (std::size_t n = 0; n < volume.hu.size(); ++n) {
        const auto at = volume.grid.to_lps(volume.grid.index(n));
        if (far_from(ball, at) <= ball.radius_mm && at.y < spine_place(ball.s, ball.u, ball.v).y)
            volume.hu[n] = static_cast<std::int16_t>(hu);
    }
    return find_deposits(volume, seen_in(volume), {}, usual_confidence, 2);
}

const std::vector<Evidence>* evidence_at(const Found& found, const Ball& ball) {
    for (const auto& d : found.deposits)
        if (far_from(ball, d.centroid) < 3) return &d.evidence;
    for (const auto& e : found.excluded)
        if (far_from(ball, e.centroid) < 3) return &e.evidence;
    return nullptr;
}

bool names(const std::vector<Evidence>& evidence, std::string_view feature) {
    return std::ranges::find(evidence, feature, &Evidence::feature) != evidence.end();
}

spine::SpineInView seen_along(const Volume& volume, const std::vector<spine::CanalPoint>& line) {
    spine::Frame frame(line);
    auto straight = spine::straighten(volume, frame, 1);
    return {Spine{}, std::move(frame), std::move(straight), {}, 0};
}

Volume filled(std::array<int, 3> size, int hu) {
    Volume volume;
    volume.grid.size = size;
    volume.grid.spacing_mm = {1, 1, 1};
    volume.hu.assign(volume.grid.voxels(), static_cast<std::int16_t>(hu));
    return volume;
}

}  // namespace

TEST_CASE("a spine without a deposit has none, and nothing that could be one") {
    const auto found = found_with({});
    CHECK(found.deposits.empty());
    CHECK(std::ranges::none_of(found.excluded, &Excluded::could_be_deposit));
    CHECK(verdict_of(found.deposits, found.excluded, {}) == Verdict::negative);
}

TEST_CASE("two deposits are found: each once, where it is, as large and as dense as it is") {
    const auto& found = found_both();
    REQUIRE(found.deposits.size() == 2);
    const auto &larger = found.deposits[0], &smaller = found.deposits[1];
    CHECK(larger.id == 1);
    CHECK(smaller.id == 2);
    CHECK(far_from(left_muscle, larger.centroid) < 1);
    CHECK(far_from(right_facet, smaller.centroid) < 1.5);
    CHECK(larger.volume_mm3 == doctest::Approx(left_muscle.volume_mm3()).epsilon(0.1));
    CHECK(smaller.volume_mm3 == doctest::Approx(right_facet.volume_mm3()).epsilon(0.15));
    CHECK(larger.long_axis_mm == doctest::Approx(2 * left_muscle.radius_mm).epsilon(0.15));
    CHECK(larger.mean_hu > 350);
    CHECK(larger.mean_hu < 460);
    CHECK(larger.level == "C4");
    CHECK(larger.side == Side::left);
    CHECK(larger.compartment == Compartment::paraspinal);
    CHECK(larger.canal_occupied_percent == 0);
    CHECK(smaller.level == "C5");
    CHECK(smaller.side == Side::right);
    CHECK(smaller.compartment == Compartment::facet);
    CHECK(verdict_of(found.deposits, found.excluded, {}) == Verdict::positive);
}

TEST_CASE("the confidence is what the evidence sums to") {
    for (const auto& deposit : found_both().deposits) {
        CHECK(deposit.confidence > usual_confidence);
        CHECK(deposit.confidence == doctest::Approx(confidence_of(sum_of(deposit.evidence))));
    }
}

TEST_CASE("in the canal, in front, and two of a side and a level that do not touch") {
    const Ball in_canal{36, 2, 1, 5, 600}, in_front{46, 3, front_of_bodies_mm - 6, 5, 500};
    const Ball upper{28, 34, 26, 5, 450}, lower{46, 34, 26, 5, 450};
    const auto found = found_with({in_canal, in_front, upper, lower});
    CHECK(found.deposits.size() == 4);
    const auto at = [&](const Ball& ball) {
        const auto deposit = std::ranges::find_if(
            found.deposits, [&](const Deposit& d) { return far_from(ball, d.centroid) < 2; });
        REQUIRE(deposit != found.deposits.end());
        return *deposit;
    };
    CHECK(at(in_canal).side == Side::midline);
    CHECK(at(in_canal).compartment == Compartment::canal);
    CHECK(at(in_canal).canal_distance_mm == 0);
    CHECK(at(in_canal).canal_occupied_percent > 15);
    CHECK(at(in_front).compartment == Compartment::prevertebral);
    CHECK(at(upper).side == Side::left);
    CHECK(at(lower).side == Side::left);
}

TEST_CASE("a mass where the aorta is is excluded, as plaque") {
    const Ball aorta{44, 8, front_of_bodies_mm - 24, 5, 600};
    auto volume = volume_of(SpineShape{});
    add_ball(volume, aorta.s, aorta.u, aorta.v, aorta.radius_mm, aorta.hu);
    const auto found =
        find_deposits(volume, seen_in(volume, {.first = "T", .first_number = 6}), {}, usual_confidence, 1);
    CHECK(found.deposits.empty());
    const auto listed = std::ranges::find_if(
        found.excluded, [&](const Excluded& e) { return far_from(aorta, e.centroid) < 3; });
    REQUIRE(listed != found.excluded.end());
    CHECK(listed->mimic == Mimic::arterial_plaque);
    CHECK(listed->level == "T7");
    CHECK(!listed->could_be_deposit);
    CHECK(listed->volume_mm3 == doctest::Approx(aorta.volume_mm3()).epsilon(0.15));
}

TEST_CASE("two sure deposits make an unsure one near them likelier, a single one does not") {
    // Faint, beside a facet, and with its like on the other side: could be bone of the joint.
    const Ball unsure{36, 26, 16, 4, 250}, its_like{36, -26, 16, 4, 250};
    const Ball sure{60, 30, 16, 5, 600}, another{12, 34, 24, 5, 600};
    const double all = 0;  // whatever it is, it is reported
    const auto near_one = found_with({unsure, its_like, sure}, all);
    const auto near_two = found_with({unsure, its_like, sure, another}, all);
    const auto *before = evidence_at(near_one, unsure), *after = evidence_at(near_two, unsure);
    REQUIRE(before);
    REQUIRE(after);
    REQUIRE(sum_of(*before) < sure_log_odds);
    CHECK(!names(*before, "near sure deposits"));
    CHECK(names(*after, "near sure deposits"));
    CHECK(sum_of(*after) > sum_of(*before));
}

TEST_CASE("what could be an osteophyte is no likelier near sure deposits") {
    // At the side of the body, with its like on the other side.
    const Ball unsure{36, 18, -26, 4, 300}, its_like{36, -18, -26, 4, 300};
    const Ball sure{60, 30, 16, 5, 600}, another{12, 34, 24, 5, 600};
    const auto found = found_with({unsure, its_like, sure, another}, 0);
    const auto* evidence = evidence_at(found, unsure);
    REQUIRE(evidence);
    REQUIRE(names(*evidence, "place"));
    CHECK(!names(*evidence, "near sure deposits"));
}

TEST_CASE("a faint deposit beside a screw is not reported, yet the study is not negative; a dense one is") {
    const Ball screw{36, 14, 26, 3, 6000}, dense{36, 34, 26, 6, 700}, faint{36, 34, 26, 6, 350};
    CHECK(found_with({screw, dense}).deposits.size() == 1);
    const auto found = found_with({screw, faint});
    CHECK(found.deposits.empty());
    const auto listed = std::ranges::find_if(
        found.excluded, [&](const Excluded& e) { return far_from(faint, e.centroid) < 2; });
    REQUIRE(listed != found.excluded.end());
    CHECK(listed->mimic == Mimic::metal_streak);
    CHECK(verdict_of(found.deposits, found.excluded, {}) == Verdict::indeterminate);
}

TEST_CASE(
    "a faint deposit where the patient moved is not reported, yet the study is not negative; a dense one "
    "is") {
    const Ball dense{36, 34, 26, 6, 700}, faint{36, 34, 26, 6, 350};
    const auto volume = volume_of(SpineShape{});
    const auto step_beside = [&](const Ball& ball) {
        const auto seen = seen_in(volume);
        return std::vector<MotionStep>{{seen.frame.to_lps(spine::CurvedPoint{ball.s + 8, 0, 0}), 6}};
    };
    CHECK(found_with({dense}, usual_confidence, 1, step_beside(dense)).deposits.size() == 1);
    CHECK(found_with({faint}).deposits.size() == 1);
    const auto found = found_with({faint}, usual_confidence, 1, step_beside(faint));
    CHECK(found.deposits.empty());
    const auto listed = std::ranges::find_if(
        found.excluded, [&](const Excluded& e) { return far_from(faint, e.centroid) < 2; });
    REQUIRE(listed != found.excluded.end());
    CHECK(listed->mimic == Mimic::motion_artefact);
    CHECK(verdict_of(found.deposits, found.excluded, {}) == Verdict::indeterminate);
}

TEST_CASE("what is less sure than is asked for is listed as excluded, with the same evidence") {
    const auto listed = found_with({left_muscle, right_facet}, 1.1);
    CHECK(listed.deposits.empty());
    for (const auto& ball : {left_muscle, right_facet}) {
        const auto *excluded = evidence_at(listed, ball), *reported = evidence_at(found_both(), ball);
        REQUIRE(excluded);
        REQUIRE(reported);
        CHECK(sum_of(*excluded) == doctest::Approx(sum_of(*reported)));
    }
}

TEST_CASE("the number of threads changes nothing, to the last bit") {
    const auto& one = found_both();
    const auto two = found_with({left_muscle, right_facet}, usual_confidence, 2);
    const auto same = [](const std::vector<Evidence>& a, const std::vector<Evidence>& b) {
        return std::ranges::equal(a, b, [](const Evidence& x, const Evidence& y) {
            return x.feature == y.feature && x.value == y.value && x.log_odds == y.log_odds;
        });
    };
    REQUIRE(one.deposits.size() == two.deposits.size());
    for (std::size_t n = 0; n < one.deposits.size(); ++n) {
        const auto &a = one.deposits[n], &b = two.deposits[n];
        CHECK(a.volume_mm3 == b.volume_mm3);
        CHECK(a.confidence == b.confidence);
        CHECK(a.centroid == b.centroid);
        CHECK(a.canal_distance_mm == b.canal_distance_mm);
        CHECK(a.mask.low == b.mask.low);
        CHECK(a.mask.inside == b.mask.inside);
        CHECK(same(a.evidence, b.evidence));
    }
    REQUIRE(one.excluded.size() == two.excluded.size());
    for (std::size_t n = 0; n < one.excluded.size(); ++n) {
        CHECK(one.excluded[n].centroid == two.excluded[n].centroid);
        CHECK(one.excluded[n].volume_mm3 == two.excluded[n].volume_mm3);
        CHECK(same(one.excluded[n].evidence, two.excluded[n].evidence));
    }
}

TEST_CASE("nothing is found in what is all the same, from air to metal") {
    for (const int hu : {-32768, -1024, 50, 300, 3000, 32767}) {
        CAPTURE(hu);
        const auto volume = filled({113, 129, 6}, hu);
        const auto seen = seen_along(volume, {{{56, 64, 5}, 8, 1}, {{56, 64, 0}, 8, 1}});
        CHECK(find_deposits(volume, seen, {}, usual_confidence, 1).deposits.empty());
    }
}

TEST_CASE("a volume of one plane, a line of one to a few millimetres") {
    for (const int hu : {-1024, 300, 3000})
        for (const double length_mm : {0.3, 1.0, 3.0})
            for (const int planes : {1, 2, 4}) {
                CAPTURE(hu);
                CAPTURE(length_mm);
                CAPTURE(planes);
                const auto volume = filled({60, 60, planes}, hu);
                const auto seen = seen_along(
                    volume, {{{30, 30, planes - 1.0}, 8, 1}, {{30, 30, planes - 1.0 - length_mm}, 8, 1}});
                CHECK(find_deposits(volume, seen, {}, usual_confidence, 1).deposits.empty());
            }
}

TEST_CASE("a line that leaves the volume, or is not in it at all") {
    const auto volume = filled({60, 60, 8}, 300);
    for (const double x : {30.0, 70.0, 5000.0}) {
        const auto seen = seen_along(volume, {{{x, 30, 20}, 8, 1}, {{x, 30, -10}, 8, 1}});
        CHECK(find_deposits(volume, seen, {}, usual_confidence, 1).deposits.empty());
    }
}

TEST_CASE("a deposit that is cut by the first or the last plane is still found") {
    const Ball first{2, 36, 22, 6, 500}, last{height_mm - 2, -36, 22, 6, 500};
    const auto found = found_with({first, last});
    REQUIRE(found.deposits.size() == 2);
    for (const auto& deposit : found.deposits)
        CHECK(deposit.side == (far_from(first, deposit.centroid) < 5 ? Side::left : Side::right));
}

TEST_CASE("fluid above a level belongs to its deposit, and is no deposit of its own") {
    constexpr Ball whole{2 * pitch_mm + 12, -34, 24, 9, 600};
    const auto found = found_with_upper_half(whole, 170);
    REQUIRE(found.deposits.size() == 1);
    const auto& deposit = found.deposits.front();
    CHECK(deposit.volume_mm3 == doctest::Approx(whole.volume_mm3()).epsilon(0.1));
    CHECK(names(deposit.evidence, "fluid level"));
    CHECK(deposit.fluid_mm3 == doctest::Approx(whole.volume_mm3() / 2).epsilon(0.15));
    CHECK(far_from(whole, deposit.centroid) < 1);
    for (const auto& excluded : found.excluded) CHECK(far_from(whole, excluded.centroid) > whole.radius_mm);
    for (const auto& deposit_without : found_both().deposits) CHECK(deposit_without.fluid_mm3 == 0);
}

TEST_CASE("a fluid level speaks for a deposit where much else speaks against it") {
    // A thin layer in the midline: in the place of a spinous process, and as flat as one.
    constexpr Ball sac{pitch_mm + 12, 0, 46, 8, 420};
    const auto with_fluid = found_with_upper_half(sac, 170), without = found_with_upper_half(sac, muscle_hu);
    REQUIRE(with_fluid.deposits.size() == 1);
    CHECK(names(with_fluid.deposits.front().evidence, "fluid level"));
    CHECK(with_fluid.deposits.front().volume_mm3 == doctest::Approx(sac.volume_mm3()).epsilon(0.15));
    for (const auto& deposit : without.deposits) {
        CHECK_FALSE(names(deposit.evidence, "fluid level"));
        CHECK(deposit.confidence < with_fluid.deposits.front().confidence);
    }
}
