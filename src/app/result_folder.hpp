// Where a study's results are kept: RESULTS/<hash of study UID>/<hash of what they were made of>/. A result's
// folder is made under a temporary name and appears whole, under its own, or not at all.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

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
    // Gives the folder the name `relative` (see name_of) on stable storage. A folder of that name holds the
    // same result already (left by a crash before its row was written): it stays, and what was written now
    // goes.
    Result<> commit(const std::filesystem::path& relative);

    // The name, relative to RESULTS, of the study's result that was made of `identity`.
    static std::filesystem::path name_of(const std::string& study_uid, const std::string& identity);

    // The folders of all studies, and those of one study's committed results; relative to RESULTS.
    static std::vector<std::filesystem::path> studies(const std::filesystem::path& results);
    static std::vector<std::filesystem::path> results_of(const std::filesystem::path& results,
                                                         const std::filesystem::path& study);

    // Removes a committed result and its files, as one step for whoever looks for its name.
    static Result<> remove(const std::filesystem::path& results, const std::filesystem::path& relative);

    // Removes the temporary folders that a crash left, and folders of studies without results. Returns how
    // many of the former.
    static int sweep(const std::filesystem::path& results);

  private:
    ResultFolder(std::filesystem::path results, std::filesystem::path temporary);
    std::filesystem::path results_, temporary_;
};

}  // namespace calcinode::app
