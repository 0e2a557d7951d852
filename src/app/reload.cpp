#include "app/reload.hpp"

#include <spdlog/fmt/fmt.h>

#include <set>

namespace calcinode::app {
namespace {

// `running` with all of `fresh` that can be changed at once.
config::Config with_changes(const config::Config& running, const config::Config& fresh) {
    auto next = running;
    next.receive = fresh.receive;
    next.receive.plain = running.receive.plain;                        // the ports are open
    next.receive.prepared_mib = running.receive.prepared_mib;          // its worker was started with it
    next.receive.minimum_free_mib = running.receive.minimum_free_mib;  // the spool was opened with it
    next.study = fresh.study;
    next.retention = fresh.retention;
    next.log = fresh.log;
    return next;
}

std::string value_of(const config::Settings& settings, const std::string& key) {
    const auto found = settings.find(key);
    return found == settings.end() ? "not there" : found->second;
}

}  // namespace

Reload reload(const config::Config& running, const config::Config& fresh) {
    Reload result{with_changes(running, fresh), {}, {}};
    const auto before = settings_of(running), now = settings_of(result.config), wanted = settings_of(fresh);
    std::set<std::string> keys;
    for (const auto* settings : {&before, &wanted})
        for (const auto& [key, value] : *settings) keys.insert(key);
    for (const auto& key : keys) {
        const auto old_value = value_of(before, key), new_value = value_of(now, key),
                   wanted_value = value_of(wanted, key);
        if (new_value != old_value)
            result.effective.push_back(fmt::format("{} is now {} (was {})", key, new_value, old_value));
        if (wanted_value != new_value)
            result.at_restart.push_back(
                fmt::format("{} stays {}; {} takes effect at the next start", key, new_value, wanted_value));
    }
    return result;
}

}  // namespace calcinode::app
