// The list of studies.
#include <charconv>

#include "base/uid.hpp"
#include "web/handlers.hpp"
#include "web/json.hpp"
#include "web/study_json.hpp"

namespace calcinode::web {
namespace {

constexpr std::size_t longest_search = 128;

std::optional<std::int64_t> number(const std::string& text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

// "TIME-UID", as `next` gave it.
std::optional<store::StudyPlace> place_in(const std::string& text) {
    const auto dash = text.find('-');
    if (dash == std::string::npos) return std::nullopt;
    const auto time = number(text.substr(0, dash));
    const auto uid = Uid::parse(text.substr(dash + 1));
    if (!time || !uid) return std::nullopt;
    return store::StudyPlace{*time, uid->str()};
}

std::expected<store::StudyFilter, Answer> filter_in(const Target& target) {
    store::StudyFilter filter;
    filter.text = target.parameter("search");
    filter.state = target.parameter("state");
    filter.verdict = target.parameter("verdict");
    filter.limit = usually_listed;
    if (filter.text.size() > longest_search)
        return std::unexpected(error_answer(400, "search: at most 128 bytes"));
    if (const auto text = target.parameter("limit"); !text.empty()) {
        const auto limit = number(text);
        if (!limit || *limit < 1 || *limit > most_listed)
            return std::unexpected(error_answer(400, "limit: a whole number from 1 to 200"));
        filter.limit = static_cast<int>(*limit);
    }
    if (const auto text = target.parameter("after"); !text.empty()) {
        filter.after = place_in(text);
        if (!filter.after) return std::unexpected(error_answer(400, "after: what an answer gave as next"));
    }
    return filter;
}

}  // namespace

Answer studies(Context& context, const Request& request, const Parts&) {
    auto filter = filter_in(request.target);
    if (!filter) return filter.error();
    const auto limit = static_cast<std::size_t>(filter->limit++);  // one more tells whether there are more
    auto found = context.database.list_studies(*filter);
    const bool more = found.size() > limit;
    if (more) found.resize(limit);
    Json json{{"schema", "calcinode.studies/1"}, {"studies", Json::array()}, {"next", nullptr}};
    for (const auto& listed : found) json["studies"].push_back(listed_json(context, listed));
    if (more)
        json["next"] = std::to_string(found.back().work.last_received) + "-" + found.back().work.study_uid;
    return tagged(request, written(json));
}

}  // namespace calcinode::web
