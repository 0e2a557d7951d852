#include "app/phantom_command.hpp"

#include <spdlog/fmt/fmt.h>

#include <cstdio>

#include "app/analyze.hpp"

namespace calcinode::app {

int phantom_command(const phantom::PhantomOptions& options, const std::filesystem::path& folder) {
    if (auto checked = phantom::check_options(options); !checked) {
        fmt::print(stderr, "calcinode: {}\n", checked.error().what);
        return exit_usage;
    }
    if (auto written = phantom::write_study(options, folder); !written) {
        fmt::print(stderr, "calcinode: {}\n", written.error().what);
        return exit_unreadable;
    }
    fmt::print("{}: {} CT slices of a synthetic neck", folder.string(), options.size[2]);
    for (const auto& d : options.deposits)
        fmt::print("; deposit at {} {}, {} ml, {} HU", d.level, d.site, d.volume_ml, d.hu);
    if (options.slip_mm != 0) fmt::print("; C3 slipped {} mm on C4", options.slip_mm);
    fmt::print("\n");
    return exit_judged;
}

}  // namespace calcinode::app
