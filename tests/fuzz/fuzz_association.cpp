// An association request of any bytes is passed on or refused, before DCMTK sees it.
#include <cstddef>
#include <cstdint>
#include <span>

#include "receive/request_check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    (void)calcinode::receive::check_request(std::as_bytes(std::span(data, size)));
    return 0;
}
