// A file descriptor that is closed by its destructor, and files that appear whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace calcinode {

class Fd {
  public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(other.release()) {}
    Fd& operator=(Fd&& other) noexcept;
    ~Fd();

    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }
    int release() noexcept;

  private:
    int fd_ = -1;
};

// Writes a file under a temporary name beside `target`; commit() puts data and name on stable storage and
// then, not before, the file has its own name. The destructor of an uncommitted file removes what was
// written.
class AtomicFile {
  public:
    // The temporary name is `target` + ".part": a start-up sweep may remove whatever ends so.
    static constexpr std::string_view temporary_suffix = ".part";

    static Result<AtomicFile> create(const std::filesystem::path& target);
    AtomicFile(AtomicFile&&) noexcept;
    AtomicFile& operator=(AtomicFile&&) = delete;
    ~AtomicFile();

    Result<> write(std::span<const std::byte> bytes);
    const std::filesystem::path& temporary_path() const { return temporary_; }
    // fdatasync, rename, fsync of the folder. Replaces an older file of that name.
    Result<> commit();

  private:
    AtomicFile(Fd fd, std::filesystem::path target, std::filesystem::path temporary);
    Fd fd_;
    std::filesystem::path target_;
    std::filesystem::path temporary_;
};

Result<> write_file_atomically(const std::filesystem::path& target, std::string_view content);
Result<> sync_folder(const std::filesystem::path& folder);
// The whole file; an Error where it can't be read or is larger than `limit` bytes.
Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit);

// "No space left on device" and the like, for the last failed system call.
std::string system_error_text(int error_number);

}  // namespace calcinode
