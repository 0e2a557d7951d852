// The HTTP interface of a daemon: what it may see of it.
#pragma once

#include <memory>

#include "app/meters.hpp"
#include "config/config.hpp"
#include "receive/server.hpp"
#include "spool/spool.hpp"
#include "web/server.hpp"

namespace calcinode::app {

// Null where the configuration wants none. `spool`, `receiver` and `meters` must outlive the server.
Result<std::unique_ptr<web::Server>> start_web_server(const config::Config& config,
                                                      const std::filesystem::path& database_file,
                                                      const std::filesystem::path& results_folder,
                                                      const spool::Spool& spool,
                                                      const receive::Server& receiver, const Meters& meters);

}  // namespace calcinode::app
