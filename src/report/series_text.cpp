#include "report/series_text.hpp"

#include <algorithm>
#include <stdexcept>

#include "base/placeholders.hpp"

namespace calcinode::report {
namespace {

std::string in_capitals(std::string_view text) {
    std::string capitals(text);
    std::ranges::transform(capitals, capitals.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return capitals;
}

std::string_view kind_text(ObjectKind kind) {
    switch (kind) {
        case ObjectKind::structured_report:
            break;
        case ObjectKind::secondary_capture:
            return "FIGURE";
        case ObjectKind::segmentation:
            return "SEGMENTATION";
        case ObjectKind::key_objects:
            return "KEY IMAGES";
    }
    return "";
}

}  // namespace

std::string series_description(const ReportOptions& options, const Findings& findings, ObjectKind kind) {
    const auto text =
        filled_in(options.series_description, {{"verdict", in_capitals(to_string(findings.verdict))},
                                               {"severity", in_capitals(to_string(findings.severity))},
                                               {"kind", std::string(kind_text(kind))}});
    if (!text) throw std::runtime_error("the series description " + text.error().what);
    return single_spaced(*text);
}

}  // namespace calcinode::report
