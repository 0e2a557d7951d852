#include "deliver/reachability.hpp"

#include <spdlog/spdlog.h>

namespace calcinode::deliver {
namespace {

std::string duration_in_words(UnixMillis ms) {
    const auto seconds = ms / 1000;
    if (seconds < 120) return fmt::format("{} s", seconds);
    if (seconds < 120 * 60) return fmt::format("{} min", seconds / 60);
    return fmt::format("{} h", seconds / 3600);
}

}  // namespace

Reachability::Reachability(store::Database& database, std::string destination, const char* what,
                           RetryPolicy policy)
    : database_(&database), name_(std::move(destination)), what_(what), policy_(policy) {
    auto row = database_->destination(name_);
    if (row.not_before == 0) return;
    row.not_before = 0;
    database_->set_destination(row);
}

bool Reachability::is_due(UnixMillis now) const {
    return database_->destination(name_).not_before <= now;
}

void Reachability::reached(UnixMillis now) {
    const auto row = database_->destination(name_);
    if (row.failures == 0 && row.since != 0) return;
    if (row.failures > 0)
        spdlog::info("{}: reachable again after {} and {} failed attempts", name_,
                     duration_in_words(now - row.since), row.failures);
    database_->set_destination({name_, 0, 0, "", now});
}

void Reachability::failed(const Trouble& trouble, UnixMillis now) {
    auto row = database_->destination(name_);
    const bool news = row.trouble != trouble.what;
    if (row.failures == 0) row.since = now;
    ++row.failures;
    row.trouble = trouble.what;
    row.not_before = now + retry_delay_ms(policy_, row.failures);
    database_->set_destination(row);
    if (!news) return;
    const auto counts = database_->delivery_counts_of(name_);
    spdlog::warn("{}: {}, {} {}{} wait and are tried again at least every {} s, for {} h: {}", name_,
                 trouble.kind == Trouble::Kind::rejected ? "refuses us" : "not reachable", counts.pending,
                 what_, counts.pending == 1 ? "" : "s", policy_.longest_s, policy_.park_after_h,
                 trouble.what);
}

}  // namespace calcinode::deliver
