// Takes from the disk what has been analysed and delivered: after its time, or sooner where room is needed,
// the oldest first. What waits for its analysis or its delivery is never taken.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/changeable.hpp"
#include "base/time.hpp"
#include "config/config.hpp"
#include "spool/spool.hpp"
#include "store/store.hpp"

namespace calcinode::app {

class Retention {
  public:
    // `database` and `spool` must outlive this.
    Retention(store::Database& database, spool::Spool& spool, std::filesystem::path results_folder,
              const config::Retention& rules);

    // From the next call on. From any thread.
    void change(const config::Retention& rules) { rules_.set(rules); }
    // Removes the images of one study, or one result. False where there is nothing to remove. Throws
    // store::StoreFailure, and std::runtime_error where a file can't be removed.
    bool remove_next(UnixMillis now);

  private:
    bool remove_images(const config::Retention& rules, UnixMillis now);
    bool remove_result(const config::Retention& rules, UnixMillis now);
    Result<bool> finish_removal();
    bool remove_oldest(store::Database::Finished how, UnixMillis received_before, const std::string& why);
    std::optional<std::string> shortage(const config::Retention& rules);
    void say_stuck(const std::string& shortage);

    store::Database* database_;
    spool::Spool* spool_;
    std::filesystem::path results_folder_;
    Changeable<config::Retention> rules_;
    bool stuck_ = false;  // room is needed, and nothing may be removed
};

}  // namespace calcinode::app
