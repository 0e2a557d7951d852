// A command set of any bytes gives a Command or a reason.
#include <cstddef>
#include <cstdint>
#include <span>

#include "receive/command.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)calcinode::receive::parse_command(std::as_bytes(std::span(data, size)));
    return 0;
}
