#include "spool/prepared_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <functional>

#include "spool/durable.hpp"

namespace calcinode::spool {
namespace {

namespace fs = std::filesystem;

using namespace std::chrono_literals;

// So long nobody must have sent before files are made, or settled.
constexpr auto quiet = 300ms;
// Where images never cease to come they are settled all the same.
constexpr auto longest_unsettled = 5s;
// A quota that statvfs does not show, or a failing disk: not to be filled again and again.
constexpr auto after_failure = 5min;
// Made and synced together: between two of these a sender is seen.
constexpr std::size_t at_once = 32;

constexpr std::string_view says_end = "CALCINODE: the instance ends at ";

bool write_zeros(const Fd& file) {
    static const std::vector<std::byte> zeros(PreparedFiles::file_bytes);
    std::size_t written = 0;
    while (written < zeros.size()) {
        const ssize_t count = ::write(file.get(), zeros.data() + written, zeros.size() - written);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        written += static_cast<std::size_t>(count);
    }
    return true;
}

// All that is written on the file system of `folder`: one round of the disk for many files.
Result<> sync_all(const fs::path& folder) {
    const Fd opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened && ::syncfs(opened.get()) == 0) return {};
    return fail("cannot sync " + folder.string() + ": " + system_error_text(errno));
}

}  // namespace

std::optional<PreparedFiles::Taken> PreparedFiles::take() {
    const std::scoped_lock lock(mutex_);
    last_taken_ = Clock::now();
    while (!stock_.empty()) {
        auto name = std::move(stock_.back());
        stock_.pop_back();
        Fd fd(::open(path_of(name).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
        if (!fd && errno == ENOENT) continue;  // removed by other hands
        if (!fd) {
            stock_.push_back(std::move(name));  // no descriptor is left, or the like
            return std::nullopt;
        }
        ++used_;
        return Taken{std::move(fd), std::move(name)};
    }
    return std::nullopt;
}

void PreparedFiles::found(std::string name, bool placed) {
    const std::scoped_lock lock(mutex_);
    if (placed) ++used_;
    (placed ? unsettled_ : stock_).push_back(std::move(name));
}

void PreparedFiles::give_back(std::string name) {
    const std::scoped_lock lock(mutex_);
    --used_;
    stock_.push_back(std::move(name));
}

void PreparedFiles::discard(const std::string& name) {
    ::unlink(path_of(name).c_str());
    const std::scoped_lock lock(mutex_);
    --used_;
}

void PreparedFiles::placed(std::string name, std::uint64_t end) {
    const std::scoped_lock lock(mutex_);
    if (unsettled_.empty()) first_unsettled_ = Clock::now();
    uncut_.push_back({name, end});
    unsettled_.push_back(std::move(name));
}

// One at a time, so that whoever comes second does not return before the first one's are cut.
Result<> PreparedFiles::cut_to_length() {
    const std::scoped_lock one_at_a_time(cutting_);
    std::vector<Uncut> files;
    {
        const std::scoped_lock lock(mutex_);
        files.swap(uncut_);
    }
    Result<> done;
    const auto not_cut = [&](const Uncut& file) {
        const auto path = path_of(file.name);
        if (::truncate(path.c_str(), static_cast<off_t>(file.end)) == 0 || errno == ENOENT) return false;
        done = fail("cannot cut " + path.string() + " to its length: " + system_error_text(errno));
        return true;
    };
    std::erase_if(files, std::not_fn(not_cut));
    const std::scoped_lock lock(mutex_);
    uncut_.insert(uncut_.end(), files.begin(), files.end());
    return done;
}

Result<> PreparedFiles::settle() {
    const std::scoped_lock one_at_a_time(settling_);
    std::vector<std::string> names;
    {
        const std::scoped_lock lock(mutex_);
        names.swap(unsettled_);
    }
    if (names.empty()) return {};
    auto settled = cut_to_length();
    if (settled) settled = sync_all(folder_);
    if (settled) settled = remove(names);
    const std::scoped_lock lock(mutex_);
    if (settled)
        used_ -= names.size();
    else
        unsettled_.insert(unsettled_.end(), names.begin(), names.end());
    return settled;
}

bool PreparedFiles::is_due() const {
    const std::scoped_lock lock(mutex_);
    const auto now = Clock::now();
    return now - last_taken_ >= quiet || now - first_unsettled_ >= longest_unsettled;
}

Result<> PreparedFiles::settle_if_due() {
    return is_due() ? settle() : Result<>{};
}

// For good: they don't come back by a power cut.
Result<> PreparedFiles::remove(const std::vector<std::string>& names) const {
    for (const auto& name : names)
        if (::unlink(path_of(name).c_str()) != 0 && errno != ENOENT)
            return fail("cannot remove " + path_of(name).string() + ": " + system_error_text(errno));
    return sync_folder(folder_);
}

std::size_t PreparedFiles::lacking(std::uint64_t wanted) const {
    const std::scoped_lock lock(mutex_);
    const auto now = Clock::now();
    if (now - last_taken_ < quiet || now < not_before_) return 0;
    const auto there = stock_.size() + used_;
    return std::max(wanted / file_bytes, there) - there;
}

std::string PreparedFiles::new_name() {
    while (true) {
        auto name = std::to_string(++last_number_);
        if (::access(path_of(name).c_str(), F_OK) != 0) return name;
    }
}

Result<bool> PreparedFiles::make_some(std::uint64_t wanted) {
    const auto missing = lacking(wanted);
    std::vector<std::string> made;
    Result<> done;
    while (made.size() < std::min(missing, at_once) && done) {
        auto name = new_name();
        const auto path = path_of(name);
        const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0640));
        if (file) made.push_back(std::move(name));
        if (!file || !write_zeros(file))
            done = fail("cannot make " + path.string() + ": " + system_error_text(errno));
    }
    if (done && !made.empty()) done = sync_all(folder_);
    if (!done)
        for (const auto& name : made) ::unlink(path_of(name).c_str());
    const std::scoped_lock lock(mutex_);
    if (!done) {
        not_before_ = Clock::now() + after_failure;
        return std::unexpected(done.error());
    }
    std::ranges::move(made, std::back_inserter(stock_));
    return missing > at_once;
}

void PreparedFiles::shrink(std::uint64_t wanted) {
    const std::scoped_lock lock(mutex_);
    while (!stock_.empty() && (stock_.size() + used_) * file_bytes > wanted) {
        ::unlink(path_of(stock_.back()).c_str());
        stock_.pop_back();
    }
}

std::string end_page(std::uint64_t end) {
    auto page = std::string(says_end) + std::to_string(end);
    page.resize(PageWriter::page_bytes, '\n');
    return page;
}

std::optional<std::uint64_t> parse_end_page(std::string_view page) {
    if (!page.starts_with(says_end)) return std::nullopt;
    auto note = page.substr(says_end.size());
    note = note.substr(0, note.find('\n'));
    std::uint64_t end = 0;
    const auto [stop, error] = std::from_chars(note.data(), note.data() + note.size(), end);
    if (error != std::errc() || stop != note.data() + note.size()) return std::nullopt;
    return end;
}

}  // namespace calcinode::spool
