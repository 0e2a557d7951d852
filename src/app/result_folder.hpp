// Where a study's results are kept: RESULTS/<hash of study UID>/<hash of what they were made of>/. A result's
// folder is made under a temporary name and appears whole, under its own, or not at all.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.hpp"

namespace calcinode::app {

class ResultFolder {
  public:
    // An empty folder to write the results of a study to.
    static Result<ResultFolder> begin(const std::filesystem::path& results, const std::string& study_uid);
    ResultFolder(ResultFolder&&) noexcept;
    ResultFolder& operator=(ResultFolder&&) = delete;
    ~ResultFolder();  // removes what was not committed

    const std::filesystem::path& temporary() const { return temporary_; }
    // Gives the folder the name that `identity` says, on stable storage, and returns it relative to RESULTS.
    // A folder of that name holds the same result already (left by a crash before its row was written): it
    // stays, and what was written now goes.
    Result<std::filesystem::path> commit(const std::string& identity);

    // Removes the temporary folders that a crash left. Returns how many.
    static int sweep(const std::filesystem::path& results);

  private:
    ResultFolder(std::filesystem::path results, std::filesystem::path study, std::filesystem::path temporary);
    std::filesystem::path results_, study_, temporary_;
};

}  // namespace calcinode::app
