// One study: what is known of it, its files, and what may be asked for it.
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>

#include "base/uid.hpp"
#include "web/handlers.hpp"
#include "web/json.hpp"
#include "web/result_files.hpp"
#include "web/study_json.hpp"

namespace calcinode::web {
namespace {

const char* const unknown_study = "no such study is known here";

std::optional<store::StudyHistory> history_of(Context& context, const std::string& text) {
    const auto uid = Uid::parse(text);
    return uid ? context.database.study_history(uid->str()) : std::nullopt;
}

Answer file_answer(Context& context, const std::string& study, const std::string& name) {
    const auto history = history_of(context, study);
    if (!history) return error_answer(404, unknown_study);
    const auto file = file_named(files_of(context.results, newest_kept(*history)), name);
    if (!file) return error_answer(404, "no such file of this study is kept here");
    Answer answer;
    answer.content_type = content_type_of(file->name);
    answer.file = file->path;
    if (answer.content_type != "image/png")  // the name is one of ours: letters, digits, dots and hyphens
        answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + file->name + "\"");
    return answer;
}

Answer done(Context& context, const Json& json) {
    ++context.own_changes;
    context.status.forget();
    Answer answer;
    answer.status = 202;
    answer.body = written(json);
    return answer;
}

// The study's delivery of that number.
const store::StudyDelivery* delivery_in(const store::StudyHistory& history, const std::string& text) {
    std::int64_t id = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size()) return nullptr;
    const auto found = std::ranges::find(history.deliveries, id, &store::StudyDelivery::id);
    return found == history.deliveries.end() ? nullptr : &*found;
}

bool is_configured(const Context& context, const std::string& destination) {
    return std::ranges::find(context.destinations, destination) != context.destinations.end();
}

}  // namespace

Answer study(Context& context, const Request& request, const Parts& parts) {
    const auto history = history_of(context, parts.at(0));
    if (!history) return error_answer(404, unknown_study);
    return tagged(request, written(history_json(context, *history)));
}

Answer figure(Context& context, const Request&, const Parts& parts) {
    return file_answer(context, parts.at(0), "figure.png");
}

Answer object(Context& context, const Request&, const Parts& parts) {
    return file_answer(context, parts.at(0), parts.at(1));
}

Answer resend(Context& context, const Request& request, const Parts& parts) {
    const auto history = history_of(context, parts.at(0));
    if (!history) return error_answer(404, unknown_study);
    const auto& uid = history->study.work.study_uid;
    const auto wanted = request.target.parameter("destination");
    if (!wanted.empty() && !is_configured(context, wanted))
        return error_answer(404, "no destination of that name is configured");
    int count = 0;
    for (const auto& destination : context.destinations)
        if (wanted.empty() || wanted == destination)
            count += context.database.resend({uid, destination, false, 0}, now_ms());
    if (count == 0) return error_answer(409, "nothing of this study is kept that is not on its way already");
    spdlog::info("study {}: {} objects are sent again, asked for by HTTP from {}", uid, count, request.peer);
    return done(context, {{"objects", count}});
}

Answer reanalyze(Context& context, const Request& request, const Parts& parts) {
    const auto uid = Uid::parse(parts.at(0));
    if (!uid) return error_answer(404, unknown_study);
    switch (context.database.reanalyze(uid->str(), now_ms())) {
        case store::Reanalysis::unknown_study:
            return error_answer(404, unknown_study);
        case store::Reanalysis::no_images:
            return error_answer(409, "its images are not kept any more; send it again");
        case store::Reanalysis::still_receiving:
            return error_answer(409,
                                "images of it still arrive; it is analysed by itself when it is complete");
        case store::Reanalysis::waits_already:
            return error_answer(409, "it waits for its analysis already, or is under way");
        case store::Reanalysis::queued:
            break;
    }
    spdlog::info("study {}: queued for analysis, asked for by HTTP from {}", uid->str(), request.peer);
    return done(context, {{"state", "queued"}});
}

Answer park(Context& context, const Request& request, const Parts& parts) {
    const auto history = history_of(context, parts.at(0));
    const auto* delivery = history ? delivery_in(*history, parts.at(1)) : nullptr;
    if (!delivery) return error_answer(404, "no such delivery");
    if (!context.database.park_delivery(delivery->id, "parked by hand"))
        return error_answer(409, "only what waits to be sent can be parked");
    spdlog::info("study {}: {} to {} is parked, asked for by HTTP from {}", history->study.work.study_uid,
                 delivery->file, delivery->destination, request.peer);
    return done(context, {{"state", "parked"}});
}

Answer release(Context& context, const Request& request, const Parts& parts) {
    const auto history = history_of(context, parts.at(0));
    const auto* delivery = history ? delivery_in(*history, parts.at(1)) : nullptr;
    if (!delivery) return error_answer(404, "no such delivery");
    if (!is_configured(context, delivery->destination))
        return error_answer(409, "its destination is not configured any more");
    const auto& uid = history->study.work.study_uid;
    if (context.database.resend({uid, delivery->destination, true, delivery->id}, now_ms()) == 0)
        return error_answer(409,
                            "only what is parked or given up, whose files are kept, and that nothing newer "
                            "replaces, can be released");
    spdlog::info("study {}: {} to {} is released, asked for by HTTP from {}", uid, delivery->file,
                 delivery->destination, request.peer);
    return done(context, {{"state", "pending"}});
}

Answer discard(Context& context, const Request& request, const Parts& parts) {
    const auto history = history_of(context, parts.at(0));
    const auto* delivery = history ? delivery_in(*history, parts.at(1)) : nullptr;
    if (!delivery) return error_answer(404, "no such delivery");
    const auto& uid = history->study.work.study_uid;
    const bool only_parked = is_configured(context, delivery->destination);
    if (context.database.discard({uid, delivery->destination, only_parked, delivery->id}, now_ms()) == 0)
        return error_answer(409, "only what is parked, or has no destination any more, can be given up");
    spdlog::info("study {}: {} to {} is given up, asked for by HTTP from {}", uid, delivery->file,
                 delivery->destination, request.peer);
    return done(context, {{"state", "given_up"}});
}

Answer release_destination(Context& context, const Request& request, const Parts& parts) {
    const auto& destination = parts.at(0);
    if (!is_configured(context, destination))
        return error_answer(404, "no destination of that name is configured");
    const int count = context.database.resend({"", destination, true, 0}, now_ms());
    if (count == 0) return error_answer(409, "nothing is parked for it");
    spdlog::info("{}: {} parked objects are released, asked for by HTTP from {}", destination, count,
                 request.peer);
    return done(context, {{"objects", count}});
}

// Also of one that is not configured any more: there is nothing else to be done about it.
Answer discard_destination(Context& context, const Request& request, const Parts& parts) {
    const auto& destination = parts.at(0);
    const bool only_parked = is_configured(context, destination);
    const int count = context.database.discard({"", destination, only_parked}, now_ms());
    if (count == 0) return error_answer(409, "nothing is parked for it");
    spdlog::info("{}: {} objects are given up, asked for by HTTP from {}", destination, count, request.peer);
    return done(context, {{"objects", count}});
}

}  // namespace calcinode::web
