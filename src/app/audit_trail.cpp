#include "app/audit_trail.hpp"

#include <unistd.h>

#include <array>

#include "dicom/study_header.hpp"

namespace calcinode::app {
namespace {

std::string host_name() {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.front() == '\0' ? "-" : name.data();
}

audit::SyslogOptions options_of(const config::Config& config) {
    using Transport = audit::SyslogOptions::Transport;
    const auto& audit = config.audit;
    audit::SyslogOptions options;
    options.transport = audit.transport == "udp"   ? Transport::udp
                        : audit.transport == "tcp" ? Transport::tcp
                                                   : Transport::tls;
    options.endpoint = {audit.host, audit.port};
    if (options.transport == Transport::tls)
        options.endpoint.tls = ClientTls{config.tls.files, audit.certificate_name};
    return options;
}

// Of an image that is still here; "unknown" else.
audit::Trail::PatientOf patient_in(store::Database& database, const spool::Spool& spool) {
    return [&database, &spool](const std::string& study_uid) -> std::string {
        try {
            const auto images = database.instances_of(study_uid);
            if (images.empty()) return "unknown";
            const auto header = dicom::read_study_header(spool.file_of(images.front()));
            return header && !header->patient_id.empty() ? header->patient_id : "unknown";
        } catch (const std::exception&) {
            return "unknown";
        }
    };
}

bool is_stranger(receive::Refusal why) {
    using receive::Refusal;
    return why == Refusal::address || why == Refusal::tls_handshake || why == Refusal::calling_ae ||
           why == Refusal::called_ae || why == Refusal::malformed_request;
}

}  // namespace

AuditTrail::AuditTrail(const config::Config& config, store::Database& database, const spool::Spool& spool) {
    if (config.audit.host.empty()) return;
    const auto& source = config.audit.source_id;
    trail_ = std::make_unique<audit::Trail>(
        options_of(config),
        audit::Reporter{config.node.ae_title, source.empty() ? config.node.ae_title : source, host_name(),
                        ::getpid()},
        patient_in(database, spool));
    trail_->record(audit::Application{true});
}

AuditTrail::~AuditTrail() {
    if (trail_) trail_->record(audit::Application{false});
}

void AuditTrail::refused(receive::Refusal why, const std::string& address, const std::string& what) {
    if (trail_ && is_stranger(why)) trail_->record(audit::NotLetIn{address, what});
}

void AuditTrail::brought(const receive::Brought& brought) {
    if (!trail_) return;
    for (const auto& [study_uid, instances] : brought.stored)
        trail_->record(
            audit::Transferred{true, brought.address, brought.calling_ae, study_uid, "", instances, ""});
}

void AuditTrail::sent(const store::Delivery& delivery, const std::string& peer, const std::string& peer_ae) {
    if (!trail_) return;
    trail_->record(
        audit::Transferred{false, peer, peer_ae, delivery.study_uid, delivery.sop_class_uid, 1, ""});
}

}  // namespace calcinode::app
