// The folder of the daemon's state, held by one process at a time.
#pragma once

#include <filesystem>

#include "base/fd.hpp"
#include "base/result.hpp"

namespace calcinode::app {

class DataFolder {
  public:
    // Makes `folder` and its parts where they are missing, and takes the lock. An Error where the folder
    // can't be written or another daemon holds it. The lock goes with this object, or with the process.
    static Result<DataFolder> open(const std::filesystem::path& folder);

    void give_sign_of_life() const;
    void take_sign_of_life() const;  // there is none any more
    // For other processes, on a disk that may be full or broken: a lock as well. Where its file can't even be
    // made nothing is told.
    void tell_whether_images_are_refused(bool refused) const;

    std::filesystem::path spool() const { return folder_ / "spool"; }
    std::filesystem::path results() const { return results_folder(folder_); }
    std::filesystem::path database() const { return database_file(folder_); }
    // Where these are in a folder that this process does not hold.
    static std::filesystem::path database_file(const std::filesystem::path& folder) {
        return folder / "calcinode.db";
    }
    static std::filesystem::path results_folder(const std::filesystem::path& folder) {
        return folder / "results";
    }
    // Touched every few seconds while all is well, and removed at the stop.
    static std::filesystem::path sign_of_life(const std::filesystem::path& folder) {
        return folder / "alive";
    }
    static std::filesystem::path lock_file(const std::filesystem::path& folder) { return folder / "lock"; }
    // Locked while images are refused.
    static std::filesystem::path refusal_file(const std::filesystem::path& folder) {
        return folder / "refusing";
    }

  private:
    DataFolder(std::filesystem::path folder, Fd lock, Fd refusal)
        : folder_(std::move(folder)), lock_(std::move(lock)), refusal_(std::move(refusal)) {}
    std::filesystem::path folder_;
    Fd lock_, refusal_;
};

}  // namespace calcinode::app
