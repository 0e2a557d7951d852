// A received file of any bytes gives its identity or a reason.
#include <cstddef>
#include <cstdint>

#include "memory_file.hpp"
#include "spool/part10.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const calcinode::fuzz::MemoryFile file({data, size});
    (void)calcinode::spool::read_part10(file.path());
    return 0;
}
