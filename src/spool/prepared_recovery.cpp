// What the sweep at start makes of prepared files: stock, instances that were acknowledged, or waste.
#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "base/fd.hpp"
#include "base/uid.hpp"
#include "spool/layout.hpp"
#include "spool/part10.hpp"
#include "spool/spool.hpp"

namespace calcinode::spool {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t magic_at = 128;  // of a DICOM file (PS3.10 7.1)

Unreadable trouble(const char* what) {
    return {true, std::string("cannot ") + what + ": " + system_error_text(errno)};
}

std::expected<std::string, Unreadable> bytes_at(const Fd& file, std::uint64_t offset, std::size_t count) {
    std::string bytes(count, '\0');
    const ssize_t got = ::pread(file.get(), bytes.data(), count, static_cast<off_t>(offset));
    if (got != static_cast<ssize_t>(count)) return std::unexpected(trouble("read it"));
    return bytes;
}

bool is_of_stock_size(off_t size) {
    return size == static_cast<off_t>(PreparedFiles::file_bytes);
}

using Read = std::expected<Part10File, Unreadable>;

// What holds no checksum of ours, or a wrong one, is no instance that was acknowledged.
Read checked(Read read) {
    if (read && !read->checked) return std::unexpected(Unreadable{false, "it holds no checksum"});
    return read;
}

// The instance in the file, which then ends where that does.
Read whole_instance(const fs::path& path, const Fd& file, off_t size) {
    if (is_of_stock_size(size)) {
        const auto page = bytes_at(file, PreparedFiles::capacity, PageWriter::page_bytes);
        if (!page) return std::unexpected(page.error());
        const auto end = parse_end_page(*page);
        if (end && *end <= PreparedFiles::capacity) {
            auto read = checked(read_part10(path, end));
            if (read && ::truncate(path.c_str(), static_cast<off_t>(*end)) != 0)
                return std::unexpected(trouble("cut it to its length"));
            if (read || read.error().storage) return read;
        }
    }
    return checked(read_part10(path));  // cut to its length already, or as long as this by chance
}

// Gives the instance in the file its own name, if it has lost it.
std::expected<void, Unreadable> give_own_name(const fs::path& folder, const fs::path& path, const Fd& file,
                                              off_t size) {
    const auto instance = whole_instance(path, file, size);
    if (!instance) return std::unexpected(instance.error());
    const auto& uid = instance->identity.sop_instance_uid;
    if (!Uid::parse(uid)) return std::unexpected(Unreadable{false, "its UID is malformed"});
    const auto target = folder / relative_path_of(uid);
    if (::link(path.c_str(), target.c_str()) == 0) return {};
    if (errno != EEXIST) return std::unexpected(trouble("give it its own name"));
    std::error_code error;
    if (fs::equivalent(path, target, error)) return {};
    // What has the name is the first, unless a power cut left it incomplete, or brought it back.
    const auto first = read_part10(target);
    if (first) return std::unexpected(Unreadable{false, "another instance has its name"});
    if (first.error().storage) return std::unexpected(first.error());
    set_aside(folder, target, first.error().what);
    if (::link(path.c_str(), target.c_str()) == 0) return {};
    return std::unexpected(trouble("give it its own name"));
}

// Whether the instance, or whatever it is, has a name besides.
bool is_named(const struct stat& status) {
    return status.st_nlink > 1;
}

}  // namespace

// Stock, an instance, or waste; which of them it is may be beyond telling.
std::expected<Spool::Prepared, Unreadable> Spool::what_is(const fs::path& path) const {
    struct stat status {};
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file && errno == ELOOP) return Prepared::waste;
    if (!file || ::fstat(file.get(), &status) != 0) return std::unexpected(trouble("open it"));
    if (!S_ISREG(status.st_mode)) return Prepared::waste;
    if (is_of_stock_size(status.st_size) && !is_named(status)) {
        // The header comes last: without it nothing was put in that counts.
        const auto magic = bytes_at(file, magic_at, 4);
        if (!magic) return std::unexpected(magic.error());
        if (*magic != "DICM") return Prepared::stock;
    }
    const auto named = give_own_name(folder_, path, file, status.st_size);
    if (named || (named.error().storage && is_named(status))) return Prepared::instance;
    if (named.error().storage) return std::unexpected(named.error());
    return Prepared::waste;
}

// Returns how many were waste.
int Spool::take_in_prepared() {
    int removed = 0;
    for (const auto& entry : entries_of(prepared_folder(folder_))) {
        const auto what = what_is(entry.path());
        if (!what)  // it may have been acknowledged
            spdlog::error("{} may hold an image and is looked at again by the next start: {}",
                          entry.path().string(), what.error().what);
        else if (*what != Prepared::waste)
            prepared_->found(entry.path().filename().string(), *what == Prepared::instance);
        else if (::unlink(entry.path().c_str()) == 0)
            ++removed;
    }
    if (auto settled = prepared_->settle(); !settled) spdlog::error("{}", settled.error().what);
    return removed;
}

}  // namespace calcinode::spool
