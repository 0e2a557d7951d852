// The files of src/web/page and openapi.json, as they are built in.
#pragma once

#include <string_view>

namespace calcinode::web::assets {

extern const std::string_view page, script, style, icon, openapi;

}  // namespace calcinode::web::assets
