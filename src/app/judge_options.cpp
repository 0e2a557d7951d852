#include "app/judge_options.hpp"

#include <spdlog/fmt/fmt.h>

#include <cstdio>

#include "base/memory.hpp"

namespace calcinode::app {
namespace {

VerdictRule rule_of(const config::Verdict& verdict) {
    return {.positive_confidence = verdict.positive_confidence,
            .positive_volume_mm3 = verdict.positive_volume_mm3,
            .indeterminate_confidence = verdict.indeterminate_confidence,
            .severe_canal_percent = verdict.severe_canal_percent,
            .moderate_canal_percent = verdict.moderate_canal_percent,
            .moderate_volume_mm3 = verdict.moderate_volume_mm3};
}

// Of what the process may have: images come in beside the analysis, and the kernel needs some, too.
constexpr double share_for_analysis = 0.75;

std::uint64_t most_memory_of(const config::Analysis& analysis) {
    if (analysis.max_memory_mib > 0) return static_cast<std::uint64_t>(analysis.max_memory_mib) << 20;
    return static_cast<std::uint64_t>(share_for_analysis * static_cast<double>(memory_bound()));
}

}  // namespace

JudgeOptions judge_options(const config::Config& config) {
    JudgeOptions options;
    options.analysis.threads = config.analysis.threads;
    options.most_memory_bytes = most_memory_of(config.analysis);
    options.analysis.verdict = rule_of(config.verdict);
    options.report_negative = config.results.report_negative;
    options.first_series_number = config.results.first_series_number;
    options.series_description = config.results.series_description;
    options.figure = {.multi_frame = config.results.figure_multi_frame,
                      .for_negative = config.results.figure_for_negative,
                      .with_patient = config.results.figure_with_patient};
    return options;
}

std::optional<JudgeOptions> load_judge_options(const std::filesystem::path& config_file) {
    const auto config = config::load(config_file);
    if (config) return judge_options(*config);
    for (const auto& mistake : config.error()) fmt::print(stderr, "{}\n", to_string(mistake, config_file));
    return std::nullopt;
}

}  // namespace calcinode::app
