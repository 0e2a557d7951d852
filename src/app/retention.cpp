#include "app/retention.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "app/result_folder.hpp"
#include "base/disk.hpp"
#include "base/units.hpp"

namespace calcinode::app {
namespace {

constexpr UnixMillis day_ms = 24LL * 3600 * 1000;
constexpr std::int64_t gib = 1 << 30;
constexpr UnixMillis any_time = std::numeric_limits<UnixMillis>::max();

}  // namespace

Retention::Retention(store::Database& database, spool::Spool& spool, std::filesystem::path results_folder,
                     const config::Retention& rules)
    : database_(&database), spool_(&spool), results_folder_(std::move(results_folder)), rules_(rules) {}

bool Retention::remove_next(UnixMillis now) {
    const auto rules = rules_.get();
    // First what somebody waits for, who forgot a study. What fails there is in nobody's way.
    const auto finished = finish_removal();
    if (finished.value_or(false) || remove_images(rules, now) || remove_result(rules, now)) return true;
    if (!finished) throw std::runtime_error(finished.error().what);
    return false;
}

bool Retention::remove_images(const config::Retention& rules, UnixMillis now) {
    using enum store::Database::Finished;
    const auto older_than = [&](int days) { return now - days * day_ms; };
    if (rules.keep_days > 0 &&
        remove_oldest(judged, older_than(rules.keep_days), fmt::format("kept for {} days", rules.keep_days)))
        return true;
    if (rules.keep_failed_days > 0 &&
        remove_oldest(failed, older_than(rules.keep_failed_days),
                      fmt::format("failed, kept for {} days", rules.keep_failed_days)))
        return true;
    const auto why = shortage(rules);
    if (!why) {
        stuck_ = false;
        return false;
    }
    if (remove_oldest(judged, any_time, *why)) return true;
    say_stuck(*why);
    return false;
}

// Why room is needed.
std::optional<std::string> Retention::shortage(const config::Retention& rules) {
    if (rules.max_gib > 0)
        if (const auto bytes = database_->image_bytes(); bytes > rules.max_gib * gib)
            return fmt::format("all images take {:.1f} GiB, retention.max_gib is {}",
                               static_cast<double>(bytes) / static_cast<double>(gib), rules.max_gib);
    if (rules.free_mib == 0) return std::nullopt;
    const auto wanted =
        std::max(static_cast<std::uintmax_t>(rules.free_mib) * mib, spool_->space().enough_bytes());
    const auto free = free_bytes(spool_->folder());
    if (!free || *free >= wanted) return std::nullopt;
    return fmt::format("{} MiB free on the disk, {} wanted", *free / mib, wanted / mib);
}

void Retention::say_stuck(const std::string& shortage) {
    if (!stuck_)
        spdlog::error(
            "{}, and nothing more may be removed: all images that are left wait for their analysis or the "
            "delivery of their results, or could not be analysed; free some room",
            shortage);
    stuck_ = true;
}

bool Retention::remove_oldest(store::Database::Finished how, UnixMillis received_before,
                              const std::string& why) {
    const auto study = database_->oldest_finished_study(how, received_before);
    if (!study) return false;
    if (!database_->begin_removal(study->study_uid, how)) return true;  // no longer finished: look again
    const auto removed = spool_->remove_marked(study->study_uid);
    if (!removed) throw std::runtime_error(removed.error().what);
    spdlog::info("study {}: {} images ({} MiB) removed: {}", study->study_uid, *removed,
                 study->bytes / static_cast<std::int64_t>(mib), why);
    return true;
}

// A study that was forgotten, or whose removal an error broke off (a full disk, say). False: there is none.
Result<bool> Retention::finish_removal() {
    std::string why;
    for (const auto& study_uid : database_->studies_being_removed()) {
        const auto removed = spool_->remove_marked(study_uid);
        if (removed) {
            spdlog::info("study {}: {} images removed: forgotten, or left over", study_uid, *removed);
            return true;
        }
        why = removed.error().what;
    }
    if (!why.empty()) return fail(why);
    return false;
}

bool Retention::remove_result(const config::Retention& rules, UnixMillis now) {
    if (rules.keep_results_days == 0) return false;
    const auto result = database_->oldest_finished_result(now - rules.keep_results_days * day_ms);
    if (!result) return false;
    if (auto removed = ResultFolder::remove(results_folder_, result->folder); !removed)
        throw std::runtime_error(removed.error().what);
    database_->result_removed(result->id, now);
    spdlog::info("study {}: result {} removed: kept for {} days", result->study_uid, result->folder,
                 rules.keep_results_days);
    return true;
}

}  // namespace calcinode::app
