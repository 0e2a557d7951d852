#include <doctest/doctest.h>

#include "app/judge_options.hpp"
#include "base/memory.hpp"

using namespace calcinode;
using namespace calcinode::app;

TEST_CASE("the default configuration judges as the analysis does by default") {
    const auto options = judge_options(config::Config{});
    CHECK(options.analysis.verdict == VerdictRule{});
    CHECK(options.analysis.threads == AnalysisOptions{}.threads);
    const JudgeOptions defaults;
    CHECK(options.report_negative == defaults.report_negative);
    CHECK(options.first_series_number == defaults.first_series_number);
    CHECK(options.series_description == defaults.series_description);
}

TEST_CASE("every threshold of the configuration reaches the verdict's rule") {
    config::Config config;
    config.verdict = {0.6, 200, 0.3, 40, 15, 7000};
    const VerdictRule rule{.positive_confidence = 0.6,
                           .positive_volume_mm3 = 200,
                           .indeterminate_confidence = 0.3,
                           .severe_canal_percent = 40,
                           .moderate_canal_percent = 15,
                           .moderate_volume_mm3 = 7000};
    CHECK(judge_options(config).analysis.verdict == rule);
}

TEST_CASE("how the figure is made comes from the configuration") {
    config::Config config;
    CHECK_FALSE(judge_options(config).figure.with_patient);
    config.results = {.figure_multi_frame = true, .figure_for_negative = true, .figure_with_patient = true};
    const auto figure = judge_options(config).figure;
    CHECK((figure.multi_frame && figure.for_negative && figure.with_patient));
}

TEST_CASE("the memory of an analysis is what is configured, else a part of the machine's") {
    config::Config config;
    CHECK(judge_options(config).most_memory_bytes < memory_bound());
    CHECK(judge_options(config).most_memory_bytes > memory_bound() / 2);
    config.analysis.max_memory_mib = 300;
    CHECK(judge_options(config).most_memory_bytes == 300ULL << 20);
}

TEST_CASE("a configuration with mistakes gives no options") {
    CHECK_FALSE(load_judge_options("/no/such/file.toml"));
}
