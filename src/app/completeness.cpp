#include "app/completeness.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace calcinode::app {
namespace {

// After so much a look is broken off, so that a thousand studies at once do not look like a thread that is
// stuck.
constexpr auto longest_look = std::chrono::seconds(5);

}  // namespace

Completeness::Completeness(store::Database& database, config::Study times, UnixMillis listening_since,
                           Feeds feeds, FindGap find_gap)
    : database_(&database),
      times_(std::move(times)),
      listening_since_(listening_since),
      feeds_(std::move(feeds)),
      find_gap_(std::move(find_gap)) {}

Completeness::Looked Completeness::look(UnixMillis now) {
    const auto times = times_.get();
    const auto quiet_since = now - times.quiet_s * UnixMillis{1000};
    if (listening_since_ >= quiet_since) return {};
    const auto enough = std::chrono::steady_clock::now() + longest_look;
    Looked looked;
    int examined = 0;
    for (const auto& study : database_->quiet_studies(quiet_since)) {
        if (examined++ > 0 && std::chrono::steady_clock::now() > enough) {
            looked.more = true;
            break;
        }
        if (feeds_(study.study_uid) || waits_for_slices(study, times.gap_wait_s, now)) continue;
        // False where an image came since the row was read: it is looked at again later.
        if (!database_->queue_study(study.study_uid, study.last_received)) continue;
        spdlog::info("study {}: complete, {} instances; analysis queued", study.study_uid, study.instances);
        ++looked.queued;
    }
    return looked;
}

std::optional<std::string> Completeness::gap_of(const std::string& study_uid) {
    try {
        return find_gap_(study_uid);
    } catch (const store::StoreFailure&) {
        throw;
    } catch (const std::exception& error) {
        spdlog::error("study {}: whether slices are missing can't be told: {}", study_uid, error.what());
        return std::nullopt;
    }
}

bool Completeness::waits_for_slices(const store::StudyRow& study, int gap_wait_s, UnixMillis now) {
    const auto wait_ms = gap_wait_s * UnixMillis{1000};
    const auto waited_ms = [&](UnixMillis since) { return now - std::max(since, listening_since_); };
    if (study.gap_since) return waited_ms(*study.gap_since) < wait_ms;  // a new image takes gap_since away
    const auto gap = gap_of(study.study_uid);
    if (!gap || waited_ms(study.last_received) >= wait_ms) return false;
    database_->set_gap_since(study.study_uid, study.last_received);
    spdlog::warn("study {}: {}; waiting {} s for the missing slices", study.study_uid, *gap, gap_wait_s);
    return true;
}

}  // namespace calcinode::app
