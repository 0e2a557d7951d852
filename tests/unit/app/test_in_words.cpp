#include <doctest/doctest.h>

#include "app/in_words.hpp"

using namespace calcinode;

namespace {

report::StudyOutcome slipped() {
    report::StudyOutcome outcome;
    outcome.status = report::Status::analysed;
    auto& spine = outcome.findings.emplace().spine;
    for (const char* level : {"C3", "C4"}) {
        Vertebra vertebra;
        vertebra.level = level;
        spine.vertebrae.push_back(vertebra);
    }
    spine.listhesis.push_back({"C3", "C4", 0, 3.14, 0.4, {}});
    return outcome;
}

}  // namespace

TEST_CASE("the log's line holds the slip beside the verdict, which it never raises") {
    CHECK(app::in_words(slipped()) ==
          "negative, no deposit near the spine; C3/4 spondylolisthesis, 3 mm anterior");
}

TEST_CASE("the command line says what of the spine is in view, what named it, and each slip's measure") {
    auto outcome = slipped();
    auto& spine = outcome.findings->spine;
    spine.landmarks = {{"dens", "C2", {}}, {"first rib", "T1", {}}};
    spine.vertebrae[1].canal_area_mm2 = 181.4;
    CHECK(app::spine_in_words(spine) ==
          std::vector<std::string>{
              "spine: C3-C4 (2 vertebrae); landmarks: dens at C2, first rib at T1",
              "C3/4 spondylolisthesis, 3 mm anterior (measured +3.1 mm, standard deviation 0.4 mm)",
              "narrowest canal 181 mm2 at C4, of 1 measured"});
}
