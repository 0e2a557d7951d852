// A configuration of any bytes gives a Config or mistakes, nothing else.
#include <cstddef>
#include <cstdint>
#include <string>

#include "config/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    if (const auto config = calcinode::config::parse(text); !config && config.error().empty())
        __builtin_trap();
    return 0;
}
