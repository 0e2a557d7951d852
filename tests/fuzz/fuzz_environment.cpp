// Environment variables of any bytes, over a sound file, give a Config or mistakes. The input has a variable
// a line: NAME=VALUE, to which CALCINODE_ is added.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "config/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view left(reinterpret_cast<const char*>(data), size);
    calcinode::config::Environment environment;
    while (!left.empty()) {
        const auto line = left.substr(0, left.find('\n'));
        const auto name = line.substr(0, line.find('='));
        const auto value = name.size() < line.size() ? line.substr(name.size() + 1) : std::string_view();
        environment.emplace_back("CALCINODE_" + std::string(name), value);
        left.remove_prefix(line.size() < left.size() ? line.size() + 1 : left.size());
    }
    const std::string file = "[node]\nport = 104\n[[destination]]\nname = 'P'\nhost = 'h'\nae_title = 'A'\n";
    if (const auto config = calcinode::config::parse(file, environment); !config && config.error().empty())
        __builtin_trap();
    return 0;
}
