#include "app/web_server.hpp"

#include <spdlog/spdlog.h>

#include "app/certificates.hpp"
#include "app/node_status.hpp"
#include "dicom/study_header.hpp"

namespace calcinode::app {
namespace {

web::Live live_of(const config::Config& config, const receive::Server& receiver, const Meters& meters) {
    web::Live live;
    const auto counts = receiver.counts();
    live.connections = counts.connections;
    live.associations = counts.associations;
    live.open_associations = receiver.open_associations();
    for (std::size_t i = 0; i < receive::refusals; ++i)
        live.refused.push_back({name_of(static_cast<receive::Refusal>(i)), counts.refused[i]});
    for (std::size_t i = 0; i < receive::endings; ++i)
        live.ended.push_back({name_of(static_cast<receive::Ending>(i)), counts.ended[i]});
    meters.put_into(live);
    const auto disk = disk_of(config);
    live.free_bytes = disk.free_bytes;
    live.total_bytes = disk.total_bytes;
    live.refuse_below_bytes = disk.refuse_below_bytes;
    return live;
}

// As the first image that is kept of the study names the patient.
std::optional<web::Patient> patient_of(const spool::Spool& spool, store::Database& database,
                                       const std::string& study_uid) {
    const auto images = database.instances_of(study_uid);
    if (images.empty()) return std::nullopt;
    const auto header = dicom::read_study_header(spool.file_of(images.front()));
    if (!header) return std::nullopt;
    return web::Patient{header->patient_name, header->patient_id};
}

web::Node node_of(const config::Config& config, const spool::Spool& spool, const receive::Server& receiver,
                  const Meters& meters) {
    web::Node node;
    // Copies: the daemon's own configuration changes when it is read again, on another thread.
    // Certificates are those that were read at the start, whatever the files hold meanwhile.
    node.live = [config, certificates = certificates_in_use(config), &receiver, &meters] {
        auto live = live_of(config, receiver, meters);
        for (const auto& one : certificates)
            live.certificates.push_back({one.use, std::chrono::system_clock::to_time_t(one.until)});
        return live;
    };
    node.status = [config](store::Database& database) { return in_json(status_of(config, database, true)); };
    if (config.http.show_patient_names)
        node.patient = [&spool](store::Database& database, const std::string& study_uid) {
            return patient_of(spool, database, study_uid);
        };
    return node;
}

}  // namespace

Result<std::unique_ptr<web::Server>> start_web_server(const config::Config& config,
                                                      const std::filesystem::path& database_file,
                                                      const std::filesystem::path& results_folder,
                                                      const spool::Spool& spool,
                                                      const receive::Server& receiver, const Meters& meters) {
    const auto& http = config.http;
    if (!http.enabled) return nullptr;
    auto token = config::token_of(http);
    if (!token) return std::unexpected(token.error());
    auto database = store::Database::open_existing(database_file);
    if (!database) return std::unexpected(database.error());
    web::Context context{.node = node_of(config, spool, receiver, meters),
                         .database = std::move(*database),
                         .results = results_folder,
                         .destinations = config::receivers_of(config)};
    const bool asks = !token->empty();
    auto server = web::Server::start(
        {http.bind, http.port, std::move(*token), http.tls, http.client_certificate}, std::move(context));
    if (!server) return std::unexpected(server.error());
    const bool ipv6 = http.bind.find(':') != std::string::npos;
    const bool by_tls = !http.tls.certificate.empty();
    const bool by_certificate = http.client_certificate == ClientCertificate::required;
    spdlog::info("dashboard, API and metrics at {}://{}:{}/{}{}", by_tls ? "https" : "http",
                 ipv6 ? "[" + http.bind + "]" : http.bind, (*server)->port(), asks ? ", with the token" : "",
                 by_certificate ? ", with a trusted certificate" : "");
    return server;
}

}  // namespace calcinode::app
