#include <doctest/doctest.h>

#include <fstream>

#include "base/memory.hpp"
#include "support/temp_folder.hpp"

using namespace calcinode;

namespace {

// /proc and /sys as a process in the control group a/b sees them.
struct Machine {
    test::TempFolder folder;
    Machine() { write("proc/self/cgroup", "0::/a/b\n"); }
    void write(const std::string& path, const std::string& text) {
        std::filesystem::create_directories((folder / path).parent_path());
        std::ofstream(folder / path) << text;
    }
    std::uint64_t bound() { return memory_bound(folder.path()); }
};

}  // namespace

TEST_CASE("a control group's limit bounds the memory, and so do those above it") {
    Machine machine;
    const auto physical = machine.bound();
    CHECK(physical > 64 << 20);
    machine.write("sys/fs/cgroup/a/b/memory.max", "max\n");
    CHECK(machine.bound() == physical);
    machine.write("sys/fs/cgroup/a/memory.max", "3000000\n");
    CHECK(machine.bound() == 3000000);
    machine.write("sys/fs/cgroup/a/b/memory.max", "2000000\n");
    CHECK(machine.bound() == 2000000);
    machine.write("sys/fs/cgroup/memory.max", "1000000\n");
    CHECK(machine.bound() == 1000000);
}

TEST_CASE("a limit above the machine's memory, or none that can be read, bounds nothing") {
    Machine machine;
    const auto physical = machine.bound();
    machine.write("sys/fs/cgroup/a/b/memory.max", "18446744073709551615\n");
    CHECK(machine.bound() == physical);
    machine.write("sys/fs/cgroup/a/b/memory.max", "nonsense");
    machine.write("proc/self/cgroup", "1:memory:/a/b\n");
    CHECK(machine.bound() == physical);
    machine.write("proc/self/cgroup", "0::/../..\n");
    CHECK(machine.bound() == physical);
}
