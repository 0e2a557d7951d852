// /metrics: what the alert rules and the Grafana dashboard in config/ are made of.
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>

#include "web/exposition.hpp"
#include "web/handlers.hpp"

namespace calcinode::web {
namespace {

constexpr double ms_in_s = 1000.0;

double age_s(std::optional<UnixMillis> since) {
    return since ? std::max(0.0, static_cast<double>(now_ms() - *since) / ms_in_s) : 0.0;
}

double real(auto number) {
    return static_cast<double>(number);
}

void counted(Exposition& out, std::string_view label, const std::vector<Named>& all) {
    for (const auto& [name, count] : all) out.sample(real(count), {{label, name}});
}

void ingest(Exposition& out, const Live& live) {
    out.one("calcinode_connections_total", "counter", "Connections to the DICOM ports.",
            real(live.connections));
    out.one("calcinode_associations_total", "counter", "Associations accepted.", real(live.associations));
    out.one("calcinode_associations_open", "gauge", "Associations open now.", live.open_associations);
    out.metric("calcinode_connections_refused_total", "counter",
               "Connections that came to no association, by why.");
    counted(out, "reason", live.refused);
    out.metric("calcinode_associations_ended_total", "counter", "Associations that ended, by how.");
    counted(out, "how", live.ended);
    out.metric("calcinode_instances_received_total", "counter",
               "Objects sent to this node, by what became of them.");
    counted(out, "outcome", live.instances);
    out.one("calcinode_received_bytes_total", "counter", "Bytes of the objects sent to this node.",
            real(live.received_bytes));
}

void analyses(Exposition& out, const Durations& took) {
    out.metric("calcinode_analysis_duration_seconds", "histogram", "Time that one study's analysis took.");
    for (const auto& [upto, count] : took.buckets) {
        auto bound = std::to_string(static_cast<int>(upto));
        out.sample(real(count), {{"le", bound}}, "_bucket");
    }
    out.sample(real(took.count), {{"le", "+Inf"}}, "_bucket");
    out.sample(took.sum_s, {}, "_sum");
    out.sample(real(took.count), {}, "_count");
}

// All states, so that a series is there before the first study is in that state.
void states(Exposition& out, const std::vector<store::StateCount>& counts,
            std::initializer_list<const char*> all) {
    for (const char* state : all) {
        const auto found = std::ranges::find(counts, state, &store::StateCount::state);
        out.sample(found == counts.end() ? 0 : real(found->count), {{"state", state}});
    }
}

// As above: increase() sees the first failed result only where there was a sample of 0 before.
void results(Exposition& out, const std::vector<store::ResultCount>& counts) {
    std::map<std::pair<std::string, std::string>, double> all{{{"analysed", "positive"}, 0},
                                                              {{"analysed", "indeterminate"}, 0},
                                                              {{"analysed", "negative"}, 0},
                                                              {{"not_applicable", ""}, 0},
                                                              {{"failed", ""}, 0}};
    for (const auto& [status, verdict, count] : counts) all[{status, verdict}] += real(count);
    for (const auto& [of, count] : all) out.sample(count, {{"status", of.first}, {"verdict", of.second}});
}

void work(Exposition& out, const store::Overview& all) {
    out.metric("calcinode_studies", "gauge", "Studies known, by state.");
    states(out, all.studies, {"receiving", "queued", "analysing", "analysed", "not_applicable", "failed"});
    out.metric("calcinode_jobs", "gauge", "Analysis jobs, by state.");
    states(out, all.jobs, {"queued", "leased", "done", "parked"});
    out.metric("calcinode_results_total", "counter", "Results made, by status and verdict.");
    results(out, all.results);
    out.metric("calcinode_queue_oldest_seconds", "gauge",
               "Age of what waits longest; 0 where nothing waits.");
    out.sample(age_s(all.oldest_receiving), {{"queue", "receiving"}});
    out.sample(age_s(all.oldest_job), {{"queue", "analysis"}});
    out.one("calcinode_images", "gauge", "Images kept.", real(all.instances));
    out.one("calcinode_images_bytes", "gauge", "Bytes of the images kept.", real(all.instance_bytes));
}

void deliveries(Exposition& out, const Context& context, const store::Overview& all,
                const std::vector<store::DestinationRow>& rows) {
    std::map<std::string, double> oldest;
    for (const auto& name : context.destinations) oldest[name] = 0;
    out.metric("calcinode_deliveries", "gauge", "Objects for each destination, by state.");
    for (const auto& group : all.deliveries) {
        out.sample(real(group.count), {{"destination", group.destination}, {"state", group.state}});
        if (group.state != "pending" && group.state != "uncommitted") continue;
        auto& age = oldest[group.destination];
        age = std::max(age, age_s(group.oldest));
    }
    out.metric("calcinode_delivery_oldest_seconds", "gauge",
               "Age of the object that waits longest to be sent or committed.");
    for (const auto& [name, age] : oldest) out.sample(age, {{"destination", name}});
    out.metric("calcinode_destination_failures", "gauge",
               "Attempts in a row that did not reach the destination.");
    for (const auto& name : context.destinations) {
        const auto found = std::ranges::find(rows, name, &store::DestinationRow::name);
        out.sample(found == rows.end() ? 0 : found->failures, {{"destination", name}});
    }
}

void disk(Exposition& out, const Live& live) {
    out.one("calcinode_takes_images", "gauge",
            "1: images are taken; 0: the disk has no room, senders get A700H.",
            real(live.takes_images ? 1 : 0));
    out.one("calcinode_disk_free_bytes", "gauge", "Free on the disk of node.data_dir.",
            real(live.free_bytes));
    out.one("calcinode_disk_size_bytes", "gauge", "Size of that disk.", real(live.total_bytes));
    out.one("calcinode_disk_refuse_below_bytes", "gauge", "With less free no image is taken.",
            real(live.refuse_below_bytes));
}

void certificates(Exposition& out, const Live& live) {
    if (live.certificates.empty()) return;
    out.metric("calcinode_certificate_expiry_seconds", "gauge",
               "When the certificate in use expires, seconds since 1970.");
    for (const auto& [use, until_s] : live.certificates) out.sample(real(until_s), {{"use", use}});
}

void process(Exposition& out, const Live& live) {
    out.metric("calcinode_build_info", "gauge", "Always 1; the version is in the label.");
    out.sample(1, {{"version", CALCINODE_VERSION}});
    out.one("process_start_time_seconds", "gauge", "Start of the daemon, seconds since 1970.",
            real(live.started) / ms_in_s);
    struct rusage usage {};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) { return real(time.tv_sec) + real(time.tv_usec) / 1e6; };
    out.one("process_cpu_seconds_total", "counter", "Processor time used.",
            seconds(usage.ru_utime) + seconds(usage.ru_stime));
    std::ifstream statm("/proc/self/statm");
    std::uint64_t size = 0, resident = 0;
    if (statm >> size >> resident)
        out.one("process_resident_memory_bytes", "gauge", "Memory in use.",
                real(resident) * real(::sysconf(_SC_PAGESIZE)));
}

void http_requests(Exposition& out, const Context& context) {
    out.one("calcinode_http_requests_total", "counter", "Requests to the HTTP interface.",
            real(context.requests));
    out.one("calcinode_http_tokens_refused_total", "counter", "Requests with a wrong token, or none.",
            real(context.refused_tokens));
    out.one("calcinode_http_tls_handshakes_failed_total", "counter",
            "Connections without TLS, or without a trusted certificate.", real(context.failed_handshakes));
    out.one("calcinode_http_connections", "gauge", "HTTP connections open now.", real(context.connections));
    out.one("calcinode_http_connections_closed_for_others_total", "counter",
            "Connections closed to make room for newer ones.", real(context.closed_for_others));
}

std::string exposition(Context& context) {
    const auto live = context.node.live();
    const auto all = context.database.overview();
    Exposition out;
    ingest(out, live);
    analyses(out, live.analyses);
    work(out, all);
    deliveries(out, context, all, context.database.destinations());
    disk(out, live);
    certificates(out, live);
    process(out, live);
    http_requests(out, context);
    return out.text();
}

}  // namespace

Answer metrics(Context& context, const Request&, const Parts&) {
    Answer answer;
    answer.content_type = "text/plain; version=0.0.4; charset=utf-8";
    answer.body = context.metrics.get([&] { return exposition(context); });
    return answer;
}

}  // namespace calcinode::web
