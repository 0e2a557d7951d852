// A receiver of alerts by HTTP POST. Headers of each request:
//
// - Content-Type: application/json or application/fhir+json
// - Calcinode-Alert: the alert's UID, the same at each repetition
// - Calcinode-Timestamp: seconds since 1970 at which this request was made
// - Calcinode-Signature, where there is a secret: sha256=HEX, the HMAC-SHA256 of timestamp, a point and the
// body
// - Authorization, where there is a token: Bearer TOKEN
// - If-None-Exist, with FHIR: identifier=...: a server that knows it makes the report once only
#pragma once

#include <filesystem>
#include <utility>
#include <vector>

#include "base/tcp_client.hpp"
#include "base/url.hpp"
#include "notify/receiver.hpp"

namespace calcinode::notify {

struct WebhookOptions {
    Url url;
    std::optional<ClientTls> tls;  // of https
    bool fhir = false;
    std::filesystem::path secret_file, token_file;  // empty: none; read anew for each request
    int timeout_s = 30;                             // for each alert
    bool retry_rejected = false;
};

class WebhookReceiver final : public Receiver {
  public:
    explicit WebhookReceiver(WebhookOptions options) : options_(std::move(options)) {}
    deliver::Sent store(const std::vector<deliver::FileToSend>& files) override;

  private:
    using Headers = std::vector<std::pair<std::string, std::string>>;
    Result<Headers> headers_for(const std::string& alert_uid, const std::string& body) const;

    WebhookOptions options_;
};

// What an HTTP status means for the alert.
deliver::SendOutcome outcome_of_http_status(int status, bool retry_rejected);

// A secret or token in a file of at most 4 KiB, without the line ends after it. An Error where it can't be
// read or is empty.
Result<std::string> read_secret(const std::filesystem::path& file);

}  // namespace calcinode::notify
