#include <doctest/doctest.h>

#include "analysis/deposits/mimics.hpp"

using namespace calcinode;
using namespace calcinode::deposits;

namespace {

// A mass of half a millilitre behind and beside the canal of a neck, where deposits are: each test moves it
// to where, or makes it what, a mimic is.
Mass deposit_like() {
    Mass mass;
    mass.candidate.centre = {150, 18, 14};
    mass.candidate.features = {1, 0.8, 0.9, 450, 0.2, 0.2, 0.2};
    mass.placement = {.zone = Zone::beside,
                      .region = Region::cervical,
                      .behind_front_mm = 40,
                      .half_width_mm = 12,
                      .below_skull_mm = 120};
    mass.volume_mm3 = 500;
    mass.mean_hu = 450;
    mass.max_hu = 600;
    return mass;
}

Mass in(Region region) {
    auto mass = deposit_like();
    mass.placement.region = region;
    if (region != Region::cervical) mass.placement.below_skull_mm = 1000;
    return mass;
}

// In front of the bodies' front edge by so much; the canal's middle lies 32 mm behind that edge.
Mass in_front_by(double mm, Region region) {
    auto mass = in(region);
    mass.candidate.centre.u = 5;
    mass.candidate.centre.v = -32 - mm;
    mass.placement.behind_front_mm = -mm;
    mass.placement.zone = Zone::in_front;
    return mass;
}

// Beside the bodies and as far in front as these are.
Mass beside_bodies(Region region) {
    auto mass = in(region);
    mass.candidate.centre.u = 32;
    mass.candidate.centre.v = -20;
    mass.placement.behind_front_mm = 12;
    mass.placement.zone = Zone::at_body;
    return mass;
}

bool is_out_of_place(const Mass& mass) {
    return out_of_place(mass.candidate.centre, mass.placement);
}

}  // namespace

TEST_CASE("a mass where deposits are is none of the mimics") {
    for (const auto region : {Region::cervical, Region::thoracic, Region::lumbar}) {
        CHECK(!mimic_by_place(in(region)));
        CHECK(!is_out_of_place(in(region)));
    }
    auto in_canal = deposit_like();
    in_canal.candidate.centre = {150, 2, -3};
    in_canal.placement.zone = Zone::canal;
    in_canal.placement.behind_front_mm = 29;
    CHECK(!mimic_by_place(in_canal));
}

TEST_CASE("retropharyngeal and prevertebral deposits lie in front of the bodies, close to them") {
    for (const auto region : {Region::cervical, Region::thoracic, Region::lumbar})
        CHECK(!mimic_by_place(in_front_by(4, region)));
}

TEST_CASE("metal is denser than any deposit") {
    auto mass = deposit_like();
    mass.max_hu = 3071, mass.mean_hu = 2600;
    CHECK(mimic_by_place(mass) == Mimic::metal);
    mass.mean_hu = 900;  // one bright voxel is noise or a streak
    CHECK(mimic_by_place(mass) != Mimic::metal);
}

TEST_CASE("what is faint or small in reach of metal may be a streak, and may be a deposit") {
    auto mass = deposit_like();
    CHECK(!may_be_artefact(mass));
    mass.in_reach_of_metal = 0.9;
    CHECK(may_be_artefact(mass));
    CHECK(mimic_by_exclusion(mass) == Mimic::metal_streak);
    CHECK(could_be_deposit(mass, 0.5));
    CHECK(!could_be_deposit(mass, -3));
    mass.mean_hu = 700;  // streaks are not so dense ...
    CHECK(!may_be_artefact(mass));
    CHECK(!mimic_by_place(mass));
    mass.volume_mm3 = 120;  // ... unless they are small
    CHECK(may_be_artefact(mass));
}

TEST_CASE("what is faint or small where the patient moved may be an artefact, and may be a deposit") {
    auto mass = deposit_like();
    mass.at_motion = true;
    CHECK(may_be_artefact(mass));
    CHECK(mimic_by_exclusion(mass) == Mimic::motion_artefact);
    CHECK(could_be_deposit(mass, 0.5));
    mass.mean_hu = 700;  // no bone that a step displaces is so dense and so large
    CHECK(!may_be_artefact(mass));
}

TEST_CASE("teeth and their fillings") {
    auto mass = deposit_like();
    mass.max_hu = 3071, mass.mean_hu = 2600;
    mass.candidate.centre.v = -50;
    mass.placement.below_skull_mm = 60;
    CHECK(mimic_by_place(mass) == Mimic::jaw_or_tooth);
}

TEST_CASE("the jaw lies far to the side in front, below the skull") {
    auto mass = deposit_like();
    mass.candidate.centre = {70, 48, -25};
    mass.placement.below_skull_mm = 60;
    CHECK(is_out_of_place(mass));
    CHECK(mimic_by_place(mass) == Mimic::jaw_or_tooth);
}

TEST_CASE("the skull's base") {
    auto mass = deposit_like();
    mass.placement.below_skull_mm = 5;
    CHECK(is_out_of_place(mass));
    CHECK(mimic_by_place(mass) == Mimic::skull_base);
}

TEST_CASE("near the skull a mass that is plainly a deposit is one, but for where styloid ligaments ossify") {
    auto mass = deposit_like();
    mass.placement.below_skull_mm = 5;
    mass.candidate.centre = {20, 28, 12};
    CHECK(yields_to_evidence(Mimic::skull_base, mass, 3));
    CHECK(!yields_to_evidence(Mimic::skull_base, mass, 1));
    CHECK(yields_to_evidence(Mimic::styloid, mass, 3));
    mass.candidate.centre.v = -12;
    CHECK(!yields_to_evidence(Mimic::styloid, mass, 3));
}

TEST_CASE("a dense lump against a body of chest or loin is no plaque where it is plainly a deposit") {
    auto mass = deposit_like();
    mass.placement.region = Region::lumbar;
    mass.placement.zone = Zone::in_front;
    mass.placement.behind_front_mm = -16;
    mass.volume_mm3 = 1050;
    mass.mean_hu = 700;
    CHECK(mimic_by_place(mass) == Mimic::arterial_plaque);
    CHECK(yields_to_evidence(Mimic::arterial_plaque, mass, 5));
    CHECK(!yields_to_evidence(Mimic::arterial_plaque, mass, 1));
    SUBCASE("a small one is") {
        mass.volume_mm3 = 300;
    }
    SUBCASE("a faint one may be blood with contrast medium") {
        mass.mean_hu = 300;
    }
    SUBCASE("one further in front does not lie against the body") {
        mass.placement.behind_front_mm = -24;
    }
    SUBCASE("of a larger one it is not the middle but the side that counts") {
        mass.placement.behind_front_mm = -24;
        mass.volume_mm3 = 5000;
        CHECK(yields_to_evidence(Mimic::arterial_plaque, mass, 5));
        mass.placement.behind_front_mm = -26;
    }
    SUBCASE("in the neck it may be cartilage") {
        mass.placement.region = Region::cervical;
    }
    CHECK(!yields_to_evidence(Mimic::arterial_plaque, mass, 5));
}

TEST_CASE("the styloid process reaches lower than the skull's base, far to the side") {
    auto mass = deposit_like();
    mass.placement.below_skull_mm = 17;
    mass.candidate.centre.u = -33;
    CHECK(is_out_of_place(mass));
    CHECK(mimic_by_place(mass) == Mimic::styloid);
    mass.candidate.centre.u = -15;
    CHECK(mimic_by_place(mass) != Mimic::styloid);
}

TEST_CASE("ribs, shoulder blade and collar bone lie far to the side") {
    for (const auto region : {Region::cervical, Region::thoracic, Region::lumbar}) {
        auto mass = in(region);
        mass.candidate.centre.u = -55;
        mass.placement.below_skull_mm = 1000;
        CHECK(is_out_of_place(mass));
        CHECK(mimic_by_place(mass) == Mimic::rib_or_shoulder);
    }
}

TEST_CASE("a rib's head lies beside a thoracic body") {
    CHECK(is_out_of_place(beside_bodies(Region::thoracic)));
    CHECK(mimic_by_place(beside_bodies(Region::thoracic)) == Mimic::rib_or_shoulder);
}

TEST_CASE("what lies in the sacrum or inside a body is bone") {
    auto mass = in(Region::lumbar);
    mass.placement.sacral = true;
    CHECK(is_out_of_place(mass));
    CHECK(mimic_by_place(mass) == Mimic::vertebral_bone);
    mass = in(Region::lumbar);
    mass.placement.zone = Zone::body;
    mass.candidate.centre = {150, 3, -20};
    mass.free_surface = 0.2;
    CHECK(is_out_of_place(mass));
    CHECK(mimic_by_place(mass) == Mimic::vertebral_bone);
}

TEST_CASE("what has soft tissue around is not inside a body, even where its middle seems to be") {
    auto mass = in(Region::cervical);
    mass.placement.zone = Zone::body;
    mass.candidate.centre = {150, 3, -20};
    mass.free_surface = 0.7;
    CHECK_FALSE(mimic_by_place(mass));
}

TEST_CASE("barium and tablets are denser than what is deposited in front of the spine") {
    for (const double mm : {4.0, 30.0}) {
        auto mass = in_front_by(mm, Region::thoracic);
        mass.mean_hu = 1400, mass.max_hu = 1800;
        CHECK(mimic_by_place(mass) == Mimic::oral_contrast);
    }
}

TEST_CASE("cartilage of the larynx: far in front of a neck in the middle, or beside its air") {
    CHECK(is_out_of_place(in_front_by(25, Region::cervical)));
    CHECK(mimic_by_place(in_front_by(25, Region::cervical)) == Mimic::laryngeal_cartilage);
    auto mass = in_front_by(25, Region::cervical);
    mass.candidate.centre.u = 20;
    mass.air_surface = 0.1;
    CHECK(mimic_by_place(mass) == Mimic::laryngeal_cartilage);
}

TEST_CASE("a thin plate in front of a neck is cartilage as well, a massive thing is not") {
    auto mass = in_front_by(9, Region::cervical);
    CHECK(!mimic_by_place(mass));
    mass.candidate.features[static_cast<std::size_t>(Feature::massive)] = 0.3;
    mass.compactness = 0.4;
    CHECK(mimic_by_place(mass) == Mimic::laryngeal_cartilage);
    mass.compactness = 0.7;  // the air beside it makes it seem less massive than it is
    CHECK(!mimic_by_place(mass));
}

TEST_CASE("plaque: of the carotids far in front and beside the airway, of the aorta, and small ones closer") {
    auto carotid = in_front_by(25, Region::cervical);
    carotid.candidate.centre.u = 28;
    CHECK(mimic_by_place(carotid) == Mimic::arterial_plaque);
    for (const auto region : {Region::thoracic, Region::lumbar}) {
        CHECK(is_out_of_place(in_front_by(25, region)));
        CHECK(mimic_by_place(in_front_by(25, region)) == Mimic::arterial_plaque);
    }
    auto small = in_front_by(4, Region::lumbar);
    small.volume_mm3 = 80;
    CHECK(mimic_by_place(small) == Mimic::arterial_plaque);
    CHECK(mimic_by_place(beside_bodies(Region::cervical)) == Mimic::arterial_plaque);
}

TEST_CASE("blood with contrast medium is less dense: aorta, vessels beside the bodies, vertebral artery") {
    for (auto mass : {in_front_by(25, Region::thoracic), in_front_by(4, Region::lumbar),
                      beside_bodies(Region::cervical), beside_bodies(Region::lumbar)}) {
        mass.mean_hu = 190;
        CHECK(mimic_by_place(mass) == Mimic::contrast_in_vessel);
    }
    auto vertebral_artery = deposit_like();
    vertebral_artery.candidate.centre = {150, 14, -8};
    vertebral_artery.placement.zone = Zone::at_body;
    vertebral_artery.placement.behind_front_mm = 24;
    vertebral_artery.mean_hu = 200;
    vertebral_artery.volume_mm3 = 300;
    CHECK(mimic_by_place(vertebral_artery) == Mimic::contrast_in_vessel);
    vertebral_artery.mean_hu = 450;
    CHECK(!mimic_by_place(vertebral_artery));
}

TEST_CASE("the hyoid is the large thing beside a neck's bodies") {
    auto mass = beside_bodies(Region::cervical);
    mass.volume_mm3 = 2000;
    CHECK(is_out_of_place(mass));
    CHECK(mimic_by_place(mass) == Mimic::hyoid);
}

TEST_CASE("kidneys and their stones lie beside lumbar bodies") {
    CHECK(is_out_of_place(beside_bodies(Region::lumbar)));
    CHECK(mimic_by_place(beside_bodies(Region::lumbar)) == Mimic::kidney_or_stone);
}

TEST_CASE("what is no deposit by its evidence is called by its place") {
    auto mass = deposit_like();
    mass.volume_mm3 = 800;
    mass.mean_hu = 600;
    CHECK(mimic_by_exclusion(mass) == Mimic::facet_hypertrophy);
    mass.volume_mm3 = 300;  // an ordinary joint
    CHECK(mimic_by_exclusion(mass) == Mimic::vertebral_bone);

    mass.placement.zone = Zone::at_body;
    CHECK(mimic_by_exclusion(mass) == Mimic::osteophyte);
    mass.volume_mm3 = 4000;
    CHECK(mimic_by_exclusion(mass) == Mimic::bridging_ossification);

    CHECK(mimic_by_exclusion(in_front_by(4, Region::thoracic)) == Mimic::bridging_ossification);
    CHECK(mimic_by_exclusion(in_front_by(4, Region::cervical)) == Mimic::laryngeal_cartilage);

    mass.placement.zone = Zone::midline;
    mass.candidate.centre = {150, 1, 18};
    mass.island = 0.01;
    CHECK(mimic_by_exclusion(mass) == Mimic::vertebral_bone);  // a spinous process
    mass.candidate.centre.v = 45;
    mass.island = 1;
    CHECK(mimic_by_exclusion(mass) == Mimic::nuchal_ligament);
}

TEST_CASE("ossified ligaments of the canal lie at its front and at its back; a large one may be a deposit") {
    auto mass = deposit_like();
    mass.placement.zone = Zone::canal;
    mass.candidate.centre = {150, 1, 5};
    CHECK(mimic_by_exclusion(mass) == Mimic::ligamentum_flavum);
    mass.candidate.centre.v = -5;
    CHECK(mimic_by_exclusion(mass) == Mimic::posterior_longitudinal_ligament);

    mass.volume_mm3 = 1500;
    CHECK(could_be_deposit(mass, 0));
    CHECK(could_be_deposit(mass, -1.5));  // too unsure to be reported, too likely to be passed over
    CHECK(!could_be_deposit(mass, -4));   // plainly bone
    mass.volume_mm3 = 100;
    CHECK(!could_be_deposit(mass, 0));
}

TEST_CASE("a large ossification behind a neck's spinous processes may be a deposit, hypertrophy may not") {
    auto mass = deposit_like();
    mass.volume_mm3 = 3000;
    CHECK(!could_be_deposit(mass, 0));
    mass.placement.zone = Zone::midline;
    mass.candidate.centre = {150, 1, 45};
    mass.island = 1;
    CHECK(could_be_deposit(mass, 0));
}
