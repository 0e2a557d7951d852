#include "report/identity.hpp"

#include <algorithm>
#include <vector>

#include "analysis/version.hpp"
#include "base/sha256.hpp"

namespace calcinode::report {
namespace {

// Changes whenever the same findings could give other bytes in an object: an instance's UID stands for its
// bytes.
constexpr std::string_view report_version = "7";

// How the figure is made changes its bytes, and those of the key objects that name it.
std::string figure_identity(const FigureOptions& figure, ObjectKind kind) {
    if (kind != ObjectKind::secondary_capture && kind != ObjectKind::key_objects) return "";
    std::string text = "figure";
    for (const bool chosen : {figure.multi_frame, figure.with_patient}) text += chosen ? " 1" : " 0";
    return text;
}

// Options that change an object's bytes are part of its UID. Not so the earlier objects that it names: the
// revision says which they are, and when retention has taken them the same result made again must be no
// second truth.
Uid derived(const ReportOptions& options, ObjectKind kind, std::string_view what) {
    return Uid::derived_from({"calcinode", options.identity, what, short_name(kind), report_version,
                              std::to_string(options.first_series_number), std::to_string(options.revision),
                              options.series_description, figure_identity(options.figure, kind)});
}

}  // namespace

std::string_view short_name(ObjectKind kind) {
    switch (kind) {
        case ObjectKind::structured_report:
            return "SR";
        case ObjectKind::secondary_capture:
            return "SC";
        case ObjectKind::segmentation:
            return "SEG";
        case ObjectKind::key_objects:
            break;
    }
    return "KO";
}

Uid series_uid_of(const ReportOptions& options, ObjectKind kind) {
    return derived(options, kind, "series");
}

Uid instance_uid_of(const ReportOptions& options, ObjectKind kind) {
    return derived(options, kind, "instance");
}

std::string result_identity(const SeriesSource& source, const std::string& circumstances) {
    std::vector<std::string> images;
    for (const auto& slice : source.slices)
        images.push_back(slice.sop_instance_uid + "#" + std::to_string(slice.frame));
    std::ranges::sort(images);
    Sha256 hash;
    hash.update(source.study_uid + "\n" + source.series_uid + "\n");
    for (const auto& image : images) hash.update(image + "\n");
    hash.update("software " CALCINODE_VERSION " analysis " + std::to_string(analysis_version) + "\n");
    hash.update(circumstances);
    return hex(hash.finish());
}

std::string tracking_uid(const std::string& identity, int deposit_id, const Comparison* comparison) {
    const auto* const change = comparison ? comparison->of(deposit_id) : nullptr;
    if (change && !change->tracking_uid.empty()) return change->tracking_uid;
    return Uid::derived_from({"calcinode", identity, "deposit", std::to_string(deposit_id)}).str();
}

std::string total_tracking_uid(const std::string& identity) {
    return Uid::derived_from({"calcinode", identity, "all deposits"}).str();
}

}  // namespace calcinode::report
