#include "notify/webhook_receiver.hpp"

#include <algorithm>
#include <chrono>

#include "base/fd.hpp"
#include "base/hmac.hpp"
#include "base/time.hpp"
#include "notify/http_post.hpp"

namespace calcinode::notify {
namespace {

using deliver::SendOutcome, deliver::SendState;

constexpr std::size_t longest_secret = 4096;

}  // namespace

SendOutcome outcome_of_http_status(int status, bool retry_rejected) {
    if (status < 300) return {SendState::arrived, ""};
    // Time-out, too early, too many requests, and all that is the server's own trouble.
    const bool may_pass = status == 408 || status == 425 || status == 429 || status >= 500;
    return {may_pass || retry_rejected ? SendState::transient_failure : SendState::permanent_failure,
            "it answers HTTP status " + std::to_string(status) +
                (status < 400 ? "; redirections are not followed, set its url" : "")};
}

Result<std::string> read_secret(const std::filesystem::path& file) {
    auto text = read_file(file, longest_secret);
    if (!text) return text;
    text->erase(std::min(text->find_last_not_of("\r\n") + 1, text->size()));
    if (text->empty()) return fail(file.string() + ": is empty");
    if (std::ranges::any_of(*text, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }))
        return fail(file.string() + ": must be one line");
    return text;
}

Result<WebhookReceiver::Headers> WebhookReceiver::headers_for(const std::string& alert_uid,
                                                              const std::string& body) const {
    const auto timestamp = std::to_string(now_ms() / 1000);
    Headers headers{{"Content-Type", options_.fhir ? "application/fhir+json" : "application/json"},
                    {"User-Agent", "Calcinode/" CALCINODE_VERSION},
                    {"Calcinode-Alert", alert_uid},
                    {"Calcinode-Timestamp", timestamp}};
    if (options_.fhir)
        headers.emplace_back("If-None-Exist", "identifier=urn:ietf:rfc:3986|urn:oid:" + alert_uid);
    if (!options_.secret_file.empty()) {
        const auto secret = read_secret(options_.secret_file);
        if (!secret) return std::unexpected(secret.error());
        headers.emplace_back("Calcinode-Signature",
                             "sha256=" + hmac_sha256_hex(*secret, timestamp + "." + body));
    }
    if (!options_.token_file.empty()) {
        const auto token = read_secret(options_.token_file);
        if (!token) return std::unexpected(token.error());
        headers.emplace_back("Authorization", "Bearer " + *token);
    }
    return headers;
}

deliver::Sent WebhookReceiver::store(const std::vector<deliver::FileToSend>& files) {
    const auto& url = options_.url;
    const Endpoint endpoint{url.host, url.port, options_.tls};
    return send_all(
        files, [&](const deliver::FileToSend& file, const std::string& body) -> Result<SendOutcome> {
            const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(options_.timeout_s);
            auto headers = headers_for(file.sop_instance_uid, body);
            if (!headers) return std::unexpected(headers.error());
            const auto status = post({url, std::move(*headers), body}, endpoint, deadline);
            if (!status) return std::unexpected(status.error());
            return outcome_of_http_status(*status, options_.retry_rejected);
        });
}

}  // namespace calcinode::notify
