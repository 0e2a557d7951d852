// A study in JSON: its line in the list, and all that is known of it. Internal to web/.
#pragma once

#include "web/context.hpp"
#include "web/json.hpp"

namespace calcinode::web {

Json listed_json(Context& context, const store::ListedStudy& study);
Json history_json(Context& context, const store::StudyHistory& history);
// What happened, in the order in which it did: [{"time_ms", "what", "detail"}].
Json timeline_of(const store::StudyHistory& history);

}  // namespace calcinode::web
