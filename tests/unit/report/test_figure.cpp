#include <doctest/doctest.h>

#include <filesystem>

#include "base/fd.hpp"
#include "report/figure.hpp"
#include "report/synthetic_study.hpp"

using namespace calcinode;
using namespace calcinode::report;
using namespace calcinode::report::test;

namespace {

Result<std::vector<Picture>> draw(const SyntheticStudy& study, const FigureTexts& texts = {},
                                  FigurePages pages = FigurePages::one) {
    return draw_figure(*study.outcome.findings, study.volume, study.source, texts, pages);
}

// As they are drawn for deposits, below the banner.
int marks(const Picture& picture) {
    int count = 0;
    const auto banner = static_cast<std::size_t>(picture.width) * 110 * 3;
    for (std::size_t p = banner; p + 2 < picture.rgb.size(); p += 3)
        count += picture.rgb[p] > 230 && picture.rgb[p + 1] > 180 && picture.rgb[p + 2] < 60;
    return count;
}

std::string png_of(SyntheticStudy& study, const FigureOptions& options = {}) {
    REQUIRE(study.write(options));
    const auto bytes = read_file(study.out("figure.png"), 10'000'000);
    REQUIRE(bytes);
    return *bytes;
}

}  // namespace

TEST_CASE("the figure is the same each time, and another for another finding") {
    SyntheticStudy study;
    auto& deposit = study.add_deposit({45, 45, 12}, {4, 4, 3});
    const auto first = draw(study), again = draw(study);
    REQUIRE((first && again));
    CHECK(first->front().rgb == again->front().rgb);
    CHECK(first->size() == 1);
    deposit.volume_mm3 += 100;
    CHECK(draw(study)->front().rgb != first->front().rgb);
}

TEST_CASE("figures of awkward findings are drawn, too") {
    SUBCASE("no vertebra, no canal, level uncertain") {
        SyntheticStudy study;
        auto& deposit = study.add_deposit({40, 41, 12}, {6, 5, 3});
        deposit.level = "uncertain";
        study.outcome.findings->spine = {};
        CHECK(draw(study));
    }
    SUBCASE("a deposit in the volume's corner that reaches beyond it") {
        SyntheticStudy study;
        study.add_deposit({62, 62, 23}, {5, 5, 5});
        CHECK(draw(study));
    }
    SUBCASE("a deposit of one voxel") {
        SyntheticStudy study;
        study.add_deposit({40, 41, 12}, {0, 0, 0});
        CHECK(draw(study));
    }
    SUBCASE("a deposit that is everywhere") {
        SyntheticStudy study;
        study.add_deposit({31, 31, 12}, {50, 50, 20});
        CHECK(draw(study));
    }
    SUBCASE("one slice") {
        SyntheticStudy study({.size = {63, 63, 1}});
        study.add_deposit({40, 41, 0}, {6, 5, 0});
        CHECK(draw(study));
    }
    SUBCASE("voxels that are far from cubes") {
        for (const auto& spacing : {std::array{0.4, 0.4, 5.0}, std::array{2.0, 0.5, 0.5}}) {
            SyntheticStudy study({.spacing_mm = spacing});
            study.add_deposit({40, 41, 12}, {6, 5, 3});
            CHECK(draw(study));
        }
    }
    SUBCASE("an empty volume is an error") {
        SyntheticStudy study;
        study.volume.hu.clear();
        CHECK_FALSE(draw(study));
    }
}

TEST_CASE("a page for each deposit where that is asked for, at most ten, all of one size") {
    SyntheticStudy study;
    for (int n = 0; n < 20; ++n) study.add_deposit({10 + 2 * n, 10 + 2 * n, 1 + n}, {1, 1, 0});
    CHECK(draw(study)->size() == 1);
    const auto pages = draw(study, {}, FigurePages::each_deposit);
    REQUIRE(pages);
    REQUIRE(pages->size() == 10);
    for (std::size_t p = 1; p < pages->size(); ++p) {
        CHECK((*pages)[p].width == pages->front().width);
        CHECK((*pages)[p].height == pages->front().height);
        CHECK((*pages)[p].rgb != (*pages)[p - 1].rgb);
    }
}

TEST_CASE("where nothing was found a smaller page without marks says so") {
    SyntheticStudy study;
    const auto negative = draw(study);
    REQUIRE(negative);
    CHECK(marks(negative->front()) == 0);
    study.add_deposit({45, 45, 12}, {4, 4, 3});
    const auto positive = draw(study);
    CHECK(marks(positive->front()) > 1000);
    CHECK(negative->front().width < positive->front().width);
}

TEST_CASE("an indeterminate study without deposits has a figure that points at what could be one") {
    SyntheticStudy study;
    study.outcome.findings->verdict = Verdict::indeterminate;
    Excluded excluded{.mimic = Mimic::nuchal_ligament, .volume_mm3 = 800, .could_be_deposit = true};
    excluded.centroid = study.volume.grid.to_lps(30, 50, 12);
    study.outcome.findings->excluded = {excluded};
    const auto written = study.write();
    REQUIRE(written);
    CHECK(written->size() == 2);  // report and figure
    CHECK(marks(draw(study)->front()) > 500);
}

TEST_CASE("the change since an earlier result is told in the figure, in its row and below") {
    SyntheticStudy study;
    study.add_deposit({45, 45, 12}, {4, 4, 3});
    FigureTexts with_change, with_line;
    with_change.changes = {{1, "+40 %"}};
    with_line.change_lines = {"Volume +40 % since the result of 2025-01-02: progression"};
    const auto without = draw(study), in_row = draw(study, with_change), below = draw(study, with_line);
    CHECK(in_row->front().rgb != without->front().rgb);
    CHECK(below->front().rgb != without->front().rgb);
}

TEST_CASE("what limits the result is told in the figure") {
    SyntheticStudy study;
    study.add_deposit({45, 45, 12}, {4, 4, 3});
    const auto without = png_of(study);
    study.outcome.findings->excluded = {{.mimic = Mimic::osteophyte}};
    CHECK(png_of(study) == without);  // the report has it: here it would be much for little
    study.outcome.findings->excluded = {{.mimic = Mimic::metal}};
    CHECK(png_of(study) != without);
}

TEST_CASE("a note that is too long for a line goes on in the next, and all of them fit the page") {
    SyntheticStudy study;
    study.add_deposit({45, 45, 12}, {4, 4, 3});
    std::string one = "Contrast medium in vessels:", other = one;
    for (int n = 0; n < 30; ++n) one += " vessel", other += n < 29 ? " vessel" : " wessel";
    FigureTexts first, second;
    first.limits = {one};
    second.limits = {other};
    CHECK(draw(study, first)->front().rgb != draw(study, second)->front().rgb);  // the last word is seen
    first.limits = std::vector<std::string>(40, one);
    CHECK(draw(study, first)->front().height <= 1500);
}

TEST_CASE("where nothing was found the figure names what was looked at and not reported") {
    SyntheticStudy study;
    const auto without = png_of(study, {.for_negative = true});
    study.outcome.findings->excluded = {{.mimic = Mimic::osteophyte}};
    CHECK(png_of(study, {.for_negative = true}) != without);
}

TEST_CASE("no text of the source breaks the figure") {
    SyntheticStudy study;
    study.add_deposit({45, 45, 12}, {4, 4, 3});
    const auto plain = draw(study);
    for (const char* text :
         {"\xff\xfe\x80", "\u9838\u690e CT", "\u202e\u0631\u0642\u0628\u0629", "%s%n\t\r\n"}) {
        const auto drawn = draw(study, {text, text, text, text});
        REQUIRE(drawn);
        CHECK(drawn->front().width == plain->front().width);
        CHECK(drawn->front().height == plain->front().height);
    }
    const auto longest = draw(study, {std::string(10240, 'W'), std::string(10240, 'W'), "", ""});
    REQUIRE(longest);
    CHECK(longest->front().rgb != plain->front().rgb);
}

TEST_CASE("nothing that names the patient is in the figure unless it is asked for") {
    SyntheticStudy one, other({.attributes = {{"0010,0010", "Other^Otto"}, {"0010,0020", "OTHER-2"}}});
    for (auto* study : {&one, &other}) study->add_deposit({45, 45, 12}, {4, 4, 3});
    CHECK(png_of(one) == png_of(other));
    CHECK(png_of(one, {.with_patient = true}) != png_of(other, {.with_patient = true}));
}

TEST_CASE("a series description that holds the patient's name or ID is left out") {
    const auto png_with = [](const std::string& description) {
        SyntheticStudy study({.attributes = {{"0008,103e", description}}});
        study.add_deposit({45, 45, 12}, {4, 4, 3});
        return png_of(study);
    };
    const auto without = png_with("");
    CHECK(png_with("Neck of ANNA") == without);
    CHECK(png_with("syn-1 neck") == without);
    CHECK(png_with("Neck 1.0") != without);
}

TEST_CASE("a series description in another character set is drawn as its UTF-8 is") {
    const auto png_with = [](const std::string& set, const std::string& description) {
        SyntheticStudy study({.attributes = {{"0008,0005", set}, {"0008,103e", description}}});
        study.add_deposit({45, 45, 12}, {4, 4, 3});
        return png_of(study);
    };
    CHECK(png_with("ISO_IR 100", "K\xf6rper") == png_with("ISO_IR 192", "K\xc3\xb6rper"));
    CHECK(png_with("ISO_IR 144", "\xc8\xd5\xef") == png_with("ISO_IR 192", "\u0428\u0435\u044f"));
    CHECK(png_with("\\ISO 2022 IR 87", "CT \x1b$Bpt\x1b(B 1") == png_with("ISO_IR 192", "CT \u9838 1"));
}

TEST_CASE("the figure is a PNG file") {
    SyntheticStudy study;
    study.add_deposit({40, 41, 12}, {6, 5, 3});
    CHECK(png_of(study).substr(1, 3) == "PNG");
    REQUIRE(study.write(FigureOptions{.multi_frame = true}));
    CHECK_FALSE(std::filesystem::exists(study.out("figure-2.png")));  // one deposit, one page
}
