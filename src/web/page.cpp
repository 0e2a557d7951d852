// The dashboard's files: the same for everybody, without any of the node's data.
#include "web/assets.hpp"
#include "web/handlers.hpp"
#include "web/json.hpp"

namespace calcinode::web {
namespace {

Answer asset(const Request& request, std::string_view text, const char* type) {
    auto answer = tagged(request, std::string(text));
    answer.content_type = type;
    return answer;
}

}  // namespace

Answer page(Context&, const Request& request, const Parts&) {
    return asset(request, assets::page, "text/html; charset=utf-8");
}

Answer script(Context&, const Request& request, const Parts&) {
    return asset(request, assets::script, "text/javascript; charset=utf-8");
}

Answer style(Context&, const Request& request, const Parts&) {
    return asset(request, assets::style, "text/css; charset=utf-8");
}

Answer icon(Context&, const Request& request, const Parts&) {
    return asset(request, assets::icon, "image/svg+xml");
}

Answer openapi(Context&, const Request& request, const Parts&) {
    return asset(request, assets::openapi, "application/json");
}

}  // namespace calcinode::web
