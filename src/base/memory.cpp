#include "base/memory.hpp"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "base/fd.hpp"

namespace calcinode {
namespace {

constexpr std::size_t largest_text = 64 * 1024;  // of a file of /proc or /sys
constexpr std::uint64_t none = UINT64_MAX;

std::uint64_t physical_memory() {
    const long pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGESIZE);
    return pages > 0 && page > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page)
                                 : none;
}

// The number in a group's memory.max; `none` where it says "max", or there is no such file.
std::uint64_t limit_in(const std::filesystem::path& file) {
    const auto text = read_file(file, largest_text);
    std::uint64_t limit = none;
    if (text && std::from_chars(text->data(), text->data() + text->size(), limit).ec != std::errc())
        return none;
    return limit;
}

// The process's group, as a path below that of all groups: the line "0::/PATH".
std::filesystem::path own_group(const std::filesystem::path& root) {
    const auto text = read_file(root / "proc/self/cgroup", largest_text);
    const auto start = text ? text->find("0::/") : std::string::npos;
    if (start == std::string::npos || (start > 0 && (*text)[start - 1] != '\n')) return {};
    const auto path = text->substr(start + 4, text->find('\n', start) - start - 4);
    return path.find("..") == std::string::npos ? path : "";
}

}  // namespace

std::uint64_t memory_bound(const std::filesystem::path& root) {
    const auto groups = root / "sys/fs/cgroup";
    auto bound = std::min(physical_memory(), limit_in(groups / "memory.max"));
    auto group = groups;
    for (const auto& name : own_group(root)) {
        group /= name;
        bound = std::min(bound, limit_in(group / "memory.max"));
    }
    return bound;
}

void return_freed_memory() {
    ::malloc_trim(0);
}

}  // namespace calcinode
