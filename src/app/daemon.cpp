#include "app/daemon.hpp"

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include <cmath>

#include "app/dicom_destination.hpp"
#include "app/recover.hpp"
#include "app/reload.hpp"
#include "app/server_options.hpp"
#include "app/store_answer.hpp"
#include "app/web_server.hpp"
#include "assemble/completeness.hpp"
#include "base/units.hpp"
#include "deliver/dicom_peer.hpp"
#include "notify/alerts.hpp"
#include "observe/logging.hpp"

namespace calcinode::app {
namespace {

using namespace std::chrono_literals;

// How often a worker looks for work that nobody rang for (retries, studies that became quiet).
constexpr auto look_again = 500ms;
// How often the disk's room is looked at, and what may be removed.
constexpr auto look_at_disk = 2s;
// Removing waits for all that anybody has to write on that file system (prepared_files.hpp), which a slow
// disk takes minutes for. Nobody waits for it, and a disk that does not answer holds up the others, too.
constexpr auto longest_housekeeping = 30min;
// How long a stop waits for the study being analysed and the objects being sent.
constexpr auto workers_bound = 15s;

deliver::RetryPolicy retry_policy(const config::Delivery& configured) {
    return {.first_s = configured.retry_first_s,
            .longest_s = configured.retry_longest_s,
            .park_after_h = configured.park_after_h,
            .commitment_timeout_s = configured.commitment_timeout_s};
}

// Runs the steps of a start, any of which may fail for reasons outside; the database's failures too.
template <class Start>
auto or_store_failure(Start&& start) -> decltype(start()) {
    try {
        return start();
    } catch (const store::StoreFailure& failure) {
        return fail(failure.what());
    }
}

}  // namespace

Daemon::Daemon(const config::Config& config, DataFolder folder, std::unique_ptr<store::Database> database,
               spool::Spool spool)
    : config_(config),
      folder_(std::move(folder)),
      database_(std::move(database)),
      spool_(std::move(spool)),
      audit_(std::make_unique<AuditTrail>(config_, *database_, spool_)),
      analysis_jobs_(*database_, spool_, folder_.results(), config_),
      commitments_(*database_, retry_policy(config_.delivery)) {}

Result<std::unique_ptr<Daemon>> Daemon::start(const config::Config& config) {
    return or_store_failure([&]() -> Result<std::unique_ptr<Daemon>> {
        auto folder = DataFolder::open(config.node.data_dir);
        if (!folder) return std::unexpected(folder.error());
        auto opened = store::Database::open(folder->database());
        if (!opened) return std::unexpected(opened.error());
        auto database = std::make_unique<store::Database>(std::move(*opened));
        auto spool = spool::Spool::open(folder->spool(), *database,
                                        static_cast<std::uintmax_t>(config.receive.minimum_free_mib) * mib);
        if (!spool) return std::unexpected(spool.error());
        recover(*database, *spool, folder->results(),
                {config::names_of(config.destinations), config::names_of(config.alerts),
                 wanted_classes(config.destinations)});

        std::unique_ptr<Daemon> daemon(
            new Daemon(config, std::move(*folder), std::move(database), std::move(*spool)));
        if (auto listening = daemon->listen(); !listening) return std::unexpected(listening.error());
        daemon->start_workers();
        if (auto open = daemon->open_to_people(); !open) {
            daemon->stop();
            return std::unexpected(open.error());
        }
        return daemon;
    });
}

receive::InstanceSink Daemon::sink() {
    auto sink = counted(sink_into(spool_, config_.study.urgent_callers), meters_);
    sink.on_commitment = [this](const auto& report) { return commitments_.take(report, now_ms()); };
    sink.on_refused = [this](auto why, const auto& address, const auto& what) {
        audit_->refused(why, address, what);
    };
    sink.on_brought = [this](const auto& brought) {
        spool_.cut_to_length();
        audit_->brought(brought);
    };
    return sink;
}

Result<> Daemon::listen() {
    auto server = receive::Server::start(server_options(config_), sink());
    if (!server) return std::unexpected(server.error());
    server_ = std::move(*server);
    const bool ipv6 = config_.node.bind.find(':') != std::string::npos;
    const auto address = ipv6 ? "[" + config_.node.bind + "]" : config_.node.bind;
    if (const auto port = server_->port())
        spdlog::info("listening on {}:{} as {}", address, port, config_.node.ae_title);
    if (const auto port = server_->tls_port())
        spdlog::info("listening with TLS on {}:{} as {}", address, port, config_.node.ae_title);
    return {};
}

void Daemon::start_workers() {
    for (const auto& destination : config_.destinations) {
        const auto to = dicom_destination(destination, config_);
        auto peer = std::make_unique<deliver::DicomPeer>(
            to, [this](const auto& report) { return commitments_.take(report, now_ms()); });
        const auto on_sent = [this, host = to.host, ae = to.called_ae](const store::Delivery& delivery) {
            audit_->sent(delivery, host, ae);
        };
        start_outbox({to.name, to.storage_commitment, "object", on_sent}, std::move(peer));
    }
    for (const auto& alert : config_.alerts)
        start_outbox({alert.name, false, "alert",
                      [this, host = notify::host_of(alert)](const store::Delivery& delivery) {
                          audit_->sent(delivery, host, "");
                      }},
                     notify::make_receiver(alert, config_.tls));
    analysis_ = std::make_unique<Worker>("analysis", look_again, [this](std::stop_token) {
        const auto began = std::chrono::steady_clock::now();
        const bool worked = analysis_jobs_.do_next();
        if (worked) meters_.analysed(std::chrono::steady_clock::now() - began);
        if (worked)
            for (auto& delivery : deliveries_) delivery->ring();
        return worked;
    });
    completeness_ = std::make_unique<Completeness>(
        *database_, config_.study, now_ms(),
        [this](const std::string& study) { return server_->feeds(study); },
        [this](const std::string& study) { return find_gap(study); });
    retention_ = std::make_unique<Retention>(*database_, spool_, folder_.results(), config_.retention);
    housekeeper_ = std::make_unique<Worker>("housekeeping", look_at_disk, [this](std::stop_token) {
        // Says when there is room again, also where nobody sends.
        const bool has_room = spool_.space().has_room();
        meters_.takes_images(has_room);
        folder_.tell_whether_images_are_refused(!has_room);
        return retention_->remove_next(now_ms());
    });
    const auto prepared_bytes = static_cast<std::uint64_t>(config_.receive.prepared_mib) * mib;
    // Nothing is to be removed for them.
    const auto spare = static_cast<std::uint64_t>(config_.retention.free_mib) * mib;
    preparer_ =
        std::make_unique<Worker>("preparation", look_again, [this, prepared_bytes, spare](std::stop_token) {
            const auto more = spool_.keep_prepared(prepared_bytes, spare);
            if (!more) throw std::runtime_error(more.error().what);
            return *more;
        });
    ticker_ = std::make_unique<Worker>("completeness", look_again, [this](std::stop_token) {
        look_at_clock();
        const auto looked = completeness_->look(now_ms());
        if (looked.queued > 0) analysis_->ring();
        meters_.looked();
        return looked.more;
    });
}

// What waits for a time that a wrong clock named would wait for it for hours.
void Daemon::look_at_clock() {
    const auto now = now_ms();
    const auto by = clock_.set_by(now, std::chrono::steady_clock::now());
    if (by == 0) return;
    spdlog::warn(
        "the clock was set {} by {:.1f} s: studies are waited for anew, what was to be tried again is due",
        by > 0 ? "forward" : "back", std::abs(static_cast<double>(by)) / 1000);
    completeness_->clock_was_set(now);
    database_->nothing_later_than(now);
}

void Daemon::start_outbox(deliver::Route route, std::unique_ptr<deliver::Peer> peer) {
    const auto name = "delivery to " + route.name;
    outboxes_.push_back(std::make_unique<deliver::Outbox>(*database_, std::move(route), folder_.results(),
                                                          retry_policy(config_.delivery), std::move(peer)));
    deliveries_.push_back(std::make_unique<Worker>(
        name, look_again,
        [outbox = outboxes_.back().get()](std::stop_token) { return outbox->work(now_ms()) > 0; }));
}

Result<> Daemon::open_to_people() {
    auto server = start_web_server(config_, folder_.database(), folder_.results(), spool_, *server_, meters_);
    if (!server) return std::unexpected(server.error());
    web_ = std::move(*server);
    return {};
}

std::optional<std::string> Daemon::find_gap(const std::string& study_uid) {
    std::vector<std::filesystem::path> files;
    for (const auto& instance : database_->instances_of(study_uid)) files.push_back(spool_.file_of(instance));
    const auto found = assemble::look_for_gaps(files);
    if (found.gap.empty()) return std::nullopt;
    return found.gap;
}

void Daemon::reload(const config::Config& fresh) {
    const auto changes = app::reload(config_, fresh);
    config_ = changes.config;
    server_->change(server_options(config_), sink());
    completeness_->change(config_.study);
    retention_->change(config_.retention);
    observe::set_log_level(config_.log.level);
    for (const auto& change : changes.effective) spdlog::info("configuration read again: {}", change);
    for (const auto& change : changes.at_restart) spdlog::warn("configuration read again: {}", change);
    if (changes.effective.empty() && changes.at_restart.empty())
        spdlog::info("configuration read again: nothing changed");
}

bool Daemon::analysis_takes_too_long() const {
    return std::chrono::steady_clock::now() - analysis_->last_moved() >
           std::chrono::seconds(config_.analysis.longest_s);
}

// Deliveries take as long as they take: the bound is that of the network.
std::optional<std::string> Daemon::what_is_stuck(std::chrono::steady_clock::duration bound) const {
    const auto now = std::chrono::steady_clock::now();
    const auto not_moved = [&](const std::string& name, std::chrono::steady_clock::duration for_so_long) {
        return fmt::format("{} has not moved for {} s (a disk that does not answer?)", name,
                           std::chrono::duration_cast<std::chrono::seconds>(for_so_long).count());
    };
    if (server_->last_look() < now - bound) return not_moved("the listener", bound);
    if (ticker_->last_moved() < now - bound) return not_moved(ticker_->name(), bound);
    const auto unhurried = std::max<std::chrono::steady_clock::duration>(bound, longest_housekeeping);
    if (housekeeper_->last_moved() < now - unhurried) return not_moved(housekeeper_->name(), unhurried);
    if (analysis_takes_too_long())
        return fmt::format("the analysis of study {} takes longer than analysis.longest_s, {} s",
                           analysis_jobs_.study_under_way(), config_.analysis.longest_s);
    return std::nullopt;
}

bool Daemon::stop() {
    meters_.stopping();
    folder_.take_sign_of_life();
    std::vector<Worker*> workers{ticker_.get(), analysis_.get(), housekeeper_.get(), preparer_.get()};
    for (const auto& delivery : deliveries_) workers.push_back(delivery.get());
    for (auto* worker : workers) worker->request_stop();
    server_->stop(config_.receive.shutdown_s);

    const auto deadline = std::chrono::steady_clock::now() + workers_bound;
    bool all_stopped = true;
    for (auto* worker : workers) {
        if (worker->stopped_by(deadline)) continue;
        spdlog::warn("{} is left unfinished; the next start goes on with it", worker->name());
        all_stopped = false;
    }
    if (web_) web_->stop();
    abandon_analysis();
    return all_stopped;
}

// What the stop does not wait for goes on at the next start, and the stop is not held against the study,
// unless the study is why the node had to be stopped.
void Daemon::abandon_analysis() {
    if (analysis_takes_too_long()) return;
    try {
        analysis_jobs_.abandon();
    } catch (const store::StoreFailure& failure) {
        spdlog::warn("the analysis under way counts as an attempt: {}", failure.what());
    }
}

}  // namespace calcinode::app
