#include "app/healthcheck_command.hpp"

#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <cstdio>

#include "app/check.hpp"
#include "app/data_folder.hpp"
#include "config/config.hpp"

namespace calcinode::app {
namespace {

constexpr int exit_unhealthy = 1;
constexpr auto longest_silence = std::chrono::seconds(60);  // six signs of life left out

}  // namespace

int healthcheck(const std::filesystem::path& config_file) {
    const auto config = config::load(config_file);
    if (!config) {
        for (const auto& mistake : config.error())
            fmt::print(stderr, "{}\n", to_string(mistake, config_file));
        return exit_bad_config;
    }
    std::error_code error;
    const auto last =
        std::filesystem::last_write_time(DataFolder::sign_of_life(config->node.data_dir), error);
    if (error) {
        fmt::print(stderr, "calcinode: no daemon runs in {}\n", config->node.data_dir.string());
        return exit_unhealthy;
    }
    const auto silence = std::filesystem::file_time_type::clock::now() - last;
    if (silence <= longest_silence) return 0;
    fmt::print(stderr, "calcinode: the last sign of life is {} s old; the daemon's log says why\n",
               std::chrono::duration_cast<std::chrono::seconds>(silence).count());
    return exit_unhealthy;
}

}  // namespace calcinode::app
