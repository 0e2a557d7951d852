#include "spool/layout.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "base/fd.hpp"
#include "base/sha256.hpp"
#include "spool/blank_files.hpp"

namespace calcinode::spool {
namespace {

namespace fs = std::filesystem;

Result<> make_folder(const fs::path& folder) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return fail("cannot make the spool folder " + folder.string() + ": " + error.message());
    return {};
}

// Writing a file is the one test that holds for every file system, mount option and user. One without a name
// is what instances are received into.
Result<> check_writable(const fs::path& folder) {
    if (const auto blank = BlankFiles(folder).take(); !blank)
        return fail("the spool folder " + folder.string() +
                    " can't hold files without a name (O_TMPFILE): " + system_error_text(blank.error()));
    const auto probe = folder / "probe";
    if (auto written = write_file_atomically(probe, "x"); !written)
        return fail("the spool folder can't be written: " + written.error().what);
    ::unlink(probe.c_str());
    return {};
}

}  // namespace

fs::path incoming_folder(const fs::path& folder) {
    return folder / "incoming";
}

fs::path prepared_folder(const fs::path& folder) {
    return folder / "prepared";
}

fs::path instances_folder(const fs::path& folder) {
    return folder / "instances";
}

fs::path damaged_folder(const fs::path& folder) {
    return folder / "damaged";
}

std::vector<fs::directory_entry> entries_of(const fs::path& folder) {
    std::vector<fs::directory_entry> entries;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        entries.push_back(*it);
    if (error) spdlog::error("cannot list {}: {}", folder.string(), error.message());
    return entries;
}

void set_aside(const fs::path& folder, const fs::path& file, const std::string& why) {
    const auto target = damaged_folder(folder) / file.filename();
    if (::rename(file.c_str(), target.c_str()) != 0)
        return spdlog::error("{} in the spool is damaged ({}) and can't be moved to {}: {}", file.string(),
                             why, target.string(), system_error_text(errno));
    spdlog::error("{} in the spool is damaged and was moved to {}: {}", file.filename().string(),
                  target.string(), why);
    // It must not come back in the way of a good one.
    if (auto synced = sync_folder(file.parent_path()); !synced) spdlog::error("{}", synced.error().what);
}

Result<> make_layout(const fs::path& folder) {
    for (const auto& own : {incoming_folder(folder), prepared_folder(folder), damaged_folder(folder)})
        if (auto made = make_folder(own); !made) return made;
    for (int i = 0; i < 256; ++i) {
        char name[3];
        std::snprintf(name, sizeof name, "%02x", i);
        if (auto made = make_folder(instances_folder(folder) / name); !made) return made;
    }
    // The folders' own names must survive a power cut as well as the files in them.
    for (const auto& made : {instances_folder(folder), folder})
        if (auto synced = sync_folder(made); !synced) return synced;
    return check_writable(incoming_folder(folder));
}

std::string relative_path_of(const std::string& sop_instance_uid) {
    Sha256 hash;
    hash.update(sop_instance_uid);
    const auto digest = hex(hash.finish());
    return "instances/" + digest.substr(0, 2) + "/" + digest + ".dcm";
}

}  // namespace calcinode::spool
