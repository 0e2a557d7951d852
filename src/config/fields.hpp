// The keys of each section: what they are called, and what is allowed for each.
#pragma once

#include "config/config.hpp"
#include "config/section.hpp"

namespace calcinode::config {

// What the section does not say stays as it is in the fields. [[alert]] has its own: alerts.hpp.
void read_node(Section& section, Node& node);
void read_receive(Section& section, Receive& receive);
void read_tls(Section& section, Tls& tls);
void read_study(Section& section, Study& study);
void read_analysis(Section& section, Analysis& analysis);
void read_verdict(Section& section, Verdict& verdict);
void read_results(Section& section, Results& results);
void read_priors(Section& section, Priors& priors);
void read_delivery(Section& section, Delivery& delivery);
void read_retention(Section& section, Retention& retention);
void read_audit(Section& section, Audit& audit);
void read_http(Section& section, Http& http);
void read_log(Section& section, Log& log);
void read_destination(Section& section, Destination& destination);

}  // namespace calcinode::config
