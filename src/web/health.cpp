// The node as a whole: its state, whether it lives and is ready, and whether there is news.
#include "web/handlers.hpp"
#include "web/json.hpp"

namespace calcinode::web {
namespace {

// The thread that looks for complete studies does so twice a second, and waits at most for the disk.
constexpr UnixMillis too_long_ms = 120'000;

Answer checks(const std::vector<std::pair<const char*, bool>>& all) {
    Json json = Json::object();
    bool good = true;
    for (const auto& [name, holds] : all) {
        json[name] = holds;
        good = good && holds;
    }
    Answer answer;
    answer.status = good ? 200 : 503;
    answer.body = written(json);
    return answer;
}

bool database_answers(store::Database& database) {
    try {
        database.data_version();
        return true;
    } catch (const store::StoreFailure&) {
        return false;
    }
}

}  // namespace

Answer node(Context& context, const Request& request, const Parts&) {
    const auto& status = context.status.get([&] { return context.node.status(context.database); });
    return tagged(request, status + "\n");
}

// A number that is another one after each change, and after a restart.
Answer events(Context& context, const Request& request, const Parts&) {
    const auto revision = std::to_string(context.node.live().started) + "." +
                          std::to_string(context.database.data_version()) + "." +
                          std::to_string(context.own_changes);
    Answer answer;
    answer.later = request.target.parameter("since") == revision && !request.waited_out;
    answer.body = written({{"revision", revision}});
    return answer;
}

Answer healthz(Context& context, const Request&, const Parts&) {
    return checks({{"alive", now_ms() - context.node.live().last_look < too_long_ms}});
}

Answer readyz(Context& context, const Request&, const Parts&) {
    const auto live = context.node.live();
    return checks({{"running", !live.stopping},
                   {"database", database_answers(context.database)},
                   {"room_on_disk", live.takes_images}});
}

}  // namespace calcinode::web
