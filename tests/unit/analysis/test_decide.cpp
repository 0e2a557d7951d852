#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string_view>

#include "analysis/deposits/decide.hpp"

using namespace calcinode;
using namespace calcinode::deposits;

namespace {

void set_features(Mass& mass, const FeatureValues& values) {
    auto& candidate = mass.candidate;
    candidate.features = values;
    for (std::size_t n = 0; n < features; ++n)
        candidate.evidence[n] = log_odds(static_cast<Feature>(n), values[n]);
    candidate.log_odds = log_odds(values);
}

// A millilitre in the muscle behind a neck: even, on its own, like nothing anywhere else.
Mass free_ball() {
    Mass mass;
    mass.candidate.centre = {100, 18, 24};
    set_features(mass, {1, 0.85, 0.9, 450, 0.1, 0.1, 0.1});
    mass.placement = {.zone = Zone::beside,
                      .region = Region::cervical,
                      .behind_front_mm = 50,
                      .half_width_mm = 12,
                      .below_skull_mm = 100};
    mass.volume_mm3 = 1000;
    mass.mean_hu = 450, mass.max_hu = 520, mass.spread = 0.12;
    mass.free_surface = 0.95, mass.island = 0.9, mass.growth = 2;
    mass.standing_out = 0.95, mass.compactness = 0.85;
    mass.unmatched_other_side = mass.unmatched_neighbours = mass.unmatched_anywhere = 1;
    return mass;
}

// An articular process: part of the skeleton, with its like on the other side and at the next level.
Mass bone() {
    auto mass = free_ball();
    set_features(mass, {0.3, 0.5, 0.65, 500, 0.95, 1, 0.9});
    mass.spread = 0.28;
    mass.free_surface = 0.3, mass.island = 0.02, mass.growth = 5;
    mass.standing_out = 0, mass.compactness = 0.3;
    mass.unmatched_other_side = mass.unmatched_neighbours = mass.unmatched_anywhere = 0;
    return mass;
}

double log_odds_of(const Mass& mass) {
    return sum_of(evidence_of(mass));
}

const Evidence* of(const std::vector<Evidence>& evidence, std::string_view feature) {
    const auto found = std::ranges::find(evidence, feature, &Evidence::feature);
    return found == evidence.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("what is free and like nothing else is a deposit, what has its like everywhere is bone") {
    CHECK(confidence_of(log_odds_of(free_ball())) > 0.9);
    CHECK(confidence_of(log_odds_of(bone())) < 0.05);
}

TEST_CASE("the confidence is the logistic function of the sum of all evidence") {
    for (const auto& mass : {free_ball(), bone()}) {
        double sum = 0;
        for (const auto& e : evidence_of(mass)) sum += e.log_odds;
        CHECK(sum == doctest::Approx(log_odds_of(mass)));
        CHECK(confidence_of(log_odds_of(mass)) == doctest::Approx(1 / (1 + std::exp(-sum))));
    }
    CHECK(confidence_of(0) == 0.5);
    CHECK(confidence_of(3) == doctest::Approx(1 - confidence_of(-3)));
    CHECK(confidence_of(1e4) == 1);
    CHECK(confidence_of(-1e4) == 0);
}

TEST_CASE("a confidence's log odds are those that give it") {
    for (const double log_odds : {-3.0, 0.0, 2.5})
        CHECK(log_odds_of(confidence_of(log_odds)) == doctest::Approx(log_odds));
}

TEST_CASE("each line of evidence has its feature and its value as measured, each feature once") {
    const auto evidence = evidence_of(free_ball());
    for (const auto& e : evidence) {
        CAPTURE(e.feature);
        CHECK(std::ranges::count(evidence, e.feature, &Evidence::feature) == 1);
        CHECK(std::isfinite(e.value));
        CHECK(std::isfinite(e.log_odds));
    }
    REQUIRE(of(evidence, to_string(Feature::dense)));
    CHECK(of(evidence, to_string(Feature::dense))->value == 450);
    CHECK(of(evidence, "volume")->value == 1000);
    CHECK(of(evidence, "island in soft tissue")->value == 0.9);
}

TEST_CASE("the tissue counts as a whole: its features and what they share sum to one curve") {
    auto tissue_part = [](const Mass& mass) {
        const auto evidence = evidence_of(mass);
        double sum = of(evidence, "tissue as a whole")->log_odds;
        for (std::size_t n = 0; n < features; ++n)
            if (const auto* e = of(evidence, to_string(static_cast<Feature>(n)))) sum += e->log_odds;
        return sum;
    };
    // Whichever features they are: the same log odds in all say the same.
    auto one = free_ball(), other = free_ball();
    other.candidate.evidence[0] -= 1;
    other.candidate.evidence[1] += 1;
    CHECK(tissue_part(one) == doctest::Approx(tissue_part(other)));
    CHECK(tissue_part(free_ball()) > tissue_part(bone()));
}

TEST_CASE("what is not in view is not listed as evidence") {
    auto mass = free_ball();
    auto values = mass.candidate.features;
    values[static_cast<std::size_t>(Feature::unlike_other_side)] = not_in_view;
    set_features(mass, values);
    const auto evidence = evidence_of(mass);
    CHECK(of(evidence, to_string(Feature::unlike_other_side)) == nullptr);
    CHECK(of(evidence, to_string(Feature::unlike_neighbours)) != nullptr);
    CHECK(std::isfinite(sum_of(evidence)));
}

TEST_CASE("in the middle there is no other side to be unlike to") {
    auto mass = free_ball();
    mass.in_middle = true;
    const auto evidence = evidence_of(mass);
    CHECK(of(evidence, "unmatched by the other side") == nullptr);
    CHECK(of(evidence, "unmatched by both") == nullptr);
    CHECK(of(evidence, "no other side to compare with") != nullptr);
}

TEST_CASE("each property of a deposit speaks for it: larger, freer, an island, compact, unmatched") {
    const double whole = log_odds_of(free_ball());
    const auto without = [&](auto change) {
        auto mass = free_ball();
        change(mass);
        return log_odds_of(mass);
    };
    CHECK(without([](Mass& m) { m.volume_mm3 = 60; }) < whole);
    CHECK(without([](Mass& m) { m.spread = 0.3; }) < whole);
    CHECK(without([](Mass& m) { m.free_surface = 0.3; }) < whole);
    CHECK(without([](Mass& m) { m.island = 0.05; }) < whole);
    CHECK(without([](Mass& m) { m.standing_out = 0.1; }) < whole);
    CHECK(without([](Mass& m) { m.compactness = 0.3; }) < whole);
    CHECK(without([](Mass& m) { m.unmatched_other_side = 0; }) < whole);
    CHECK(without([](Mass& m) { m.unmatched_neighbours = 0; }) < whole);
    CHECK(without([](Mass& m) { m.unmatched_anywhere = 0; }) < whole);
    CHECK(without([](Mass& m) { m.air_surface = 0.3; }) < whole);
    CHECK(without([](Mass& m) { m.candidate.centre.u = 42; }) < whole);
}

TEST_CASE("places where bone is often unlike itself ask for more") {
    const auto at = [](Zone zone, bool first_levels = false) {
        auto mass = free_ball();
        mass.placement.zone = zone;
        mass.placement.first_levels = first_levels;
        return log_odds_of(mass);
    };
    CHECK(at(Zone::midline) < at(Zone::beside));       // spinous processes
    CHECK(at(Zone::at_body) < at(Zone::beside));       // osteophytes
    CHECK(at(Zone::canal) > at(Zone::beside));         // no bone belongs there
    CHECK(at(Zone::beside, true) < at(Zone::beside));  // C1 and C2 have no like
}

TEST_CASE(
    "what is large and compact at the front of a neck is no osteophyte, as what is small or long may be") {
    const auto at = [](Zone zone, double volume_mm3, double compactness, Region region = Region::cervical) {
        auto mass = free_ball();
        mass.placement.zone = zone;
        mass.placement.region = region;
        mass.volume_mm3 = volume_mm3;
        mass.compactness = compactness;
        const auto evidence = evidence_of(mass);
        const auto* place = of(evidence, "place");
        return place == nullptr ? 0 : place->log_odds;
    };
    for (const auto zone : {Zone::at_body, Zone::body, Zone::in_front}) {
        CHECK(at(zone, 3000, 0.6) >= 0);
        CHECK(at(zone, 900, 0.6) < at(zone, 3000, 0.6));
        CHECK(at(zone, 300, 0.6) < at(zone, 900, 0.6));
        CHECK(at(zone, 3000, 0.3) < -1);
        CHECK(at(zone, 3000, 0.6, Region::lumbar) == at(zone, 300, 0.6, Region::lumbar));
    }
    CHECK(at(Zone::in_front, 150, 0.6) < at(Zone::in_front, 150, 0.6, Region::thoracic));
    CHECK(at(Zone::uncinate, 150, 0.6) < -3);
    CHECK(at(Zone::uncinate, 600, 0.6) == 0);
}

TEST_CASE("a large compact lump in the midline is no spinous process") {
    const auto at = [](double volume_mm3, double compactness) {
        auto mass = free_ball();
        mass.placement.zone = Zone::midline;
        mass.volume_mm3 = volume_mm3;
        mass.compactness = compactness;
        const auto evidence = evidence_of(mass);
        const auto* place = of(evidence, "place");
        return place == nullptr ? 0 : place->log_odds;
    };
    CHECK(at(2500, 0.7) == 0);
    CHECK(at(1500, 0.7) < 0);
    CHECK(at(1000, 0.7) < at(1500, 0.7));
    CHECK(at(2500, 0.4) == at(500, 0.7));
}

TEST_CASE("a faint compact lump that is free nearly all around hangs on no bone, beside the spine") {
    const auto counts = [](Zone zone, double mean_hu, double free_surface, double compactness) {
        auto mass = free_ball();
        mass.placement.zone = zone;
        mass.mean_hu = mean_hu;
        mass.free_surface = free_surface;
        mass.compactness = compactness;
        return of(evidence_of(mass), "faint free lump") != nullptr;
    };
    CHECK(counts(Zone::beside, 220, 0.85, 0.7));
    CHECK_FALSE(counts(Zone::beside, 400, 0.85, 0.7));  // its spread says enough
    CHECK_FALSE(counts(Zone::beside, 220, 0.75, 0.7));
    CHECK_FALSE(counts(Zone::beside, 220, 0.85, 0.5));
    CHECK_FALSE(counts(Zone::midline, 220, 0.85, 0.7));   // the nuchal ligament ossifies so
    CHECK_FALSE(counts(Zone::in_front, 220, 0.85, 0.7));  // plaques and cartilage
}
