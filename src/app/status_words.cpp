#include "app/status_words.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>

#include "base/units.hpp"

namespace calcinode::app {
namespace {

// Of each kind; the counts above them tell of the rest.
constexpr std::size_t most_lines = 20;

std::string bytes_in_words(std::uint64_t bytes) {
    constexpr double gib = 1024.0 * mib;
    const auto value = static_cast<double>(bytes);
    return value < gib ? fmt::format("{:.1f} MiB", value / mib) : fmt::format("{:.1f} GiB", value / gib);
}

// Words of images and peers may hold what a terminal would obey.
std::string plain(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
    return text;
}

std::string counts_in_words(const std::vector<store::StateCount>& counts) {
    std::string text;
    for (const auto& [state, count] : counts)
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, state);
    return text.empty() ? "none" : text;
}

std::string due_in_words(UnixMillis due, UnixMillis now) {
    return due <= now ? "due now" : "due in " + duration_in_words(due - now);
}

// Why a study is where it is.
std::string waiting_in_words(const store::StudyWork& study, UnixMillis now) {
    if (study.state == "receiving")
        return fmt::format("last image {} ago", duration_in_words(now - study.last_received));
    if (study.state != "queued") return plain(study.reason);
    std::string text = due_in_words(study.not_before, now);
    if (!study.job_error.empty())
        text += fmt::format(", {} attempt{} failed: {}", study.attempts, study.attempts == 1 ? "" : "s",
                            plain(study.job_error));
    return text;
}

std::string study_line(const store::StudyWork& study, UnixMillis now) {
    std::string line = fmt::format("  {}  {}, {} image{}", study.study_uid, study.state, study.instances,
                                   study.instances == 1 ? "" : "s");
    if (!study.verdict.empty()) line += ", " + study.verdict;
    if (const auto why = waiting_in_words(study, now); !why.empty()) line += ": " + why;
    return line + "\n";
}

std::string study_lines(const std::vector<store::StudyWork>& studies, UnixMillis now) {
    std::string text;
    for (std::size_t n = 0; n < std::min(studies.size(), most_lines); ++n)
        text += study_line(studies[n], now);
    if (studies.size() > most_lines) text += fmt::format("  ... and {} more\n", studies.size() - most_lines);
    return text;
}

// What may be done about what is not delivered, without the destination.
struct Commands {
    std::string resend, discard;

    // `more`: further options of both.
    Commands(const std::filesystem::path& config_file, const std::string& more)
        : resend("calcinode resend --config " + config_file.string() + more),
          discard("calcinode discard --config " + config_file.string() + more) {}
};

std::string state_in_words(const std::string& state) {
    return state == "given_up" ? "given up" : state;
}

// "3 pending (due in 35 s), 120 sent", and below it the trouble and what to do about it.
class Destination {
  public:
    Destination(std::string name, UnixMillis now) : name_(std::move(name)), now_(now) {}

    void add(const store::DeliveryGroup& group) {
        if (!counts_.empty()) counts_ += ", ";
        counts_ += fmt::format("{} {}", group.count, state_in_words(group.state));
        if (group.state == "parked") parked_ = true;
        if (group.state == "pending" || group.state == "uncommitted" || group.state == "parked") open_ = true;
        if (group.state == "pending") due_ = group.due;
        if (!group.last_error.empty())
            errors_ += fmt::format("    {}: {}\n", state_in_words(group.state), plain(group.last_error));
    }
    // Where the destination as a whole is waited for.
    void add(const store::DestinationRow& row) {
        if (row.failures == 0) return;
        if (due_) due_ = std::max(*due_, row.not_before);
        errors_ +=
            fmt::format("    not reached for {}, {} attempt{}: {}\n", duration_in_words(now_ - row.since),
                        row.failures, row.failures == 1 ? "" : "s", plain(row.trouble));
    }
    std::string text(bool configured, const Commands& commands) const {
        std::string text = fmt::format("  {}: {}", name_, counts_.empty() ? "nothing yet" : counts_);
        if (due_) text += "; next attempt " + due_in_words(*due_, now_);
        if (!configured) text += "; not in the configuration";
        if (!configured && open_) text += ": what waits for it stays";
        text += "\n" + errors_;
        if (parked_ && configured)
            text += fmt::format("    when the cause is gone: {} --destination {} --parked\n", commands.resend,
                                name_);
        if (parked_ || (open_ && !configured))
            text += fmt::format("    to give it up: {} --destination {}\n", commands.discard, name_);
        return text;
    }
    const std::string& name() const { return name_; }

  private:
    std::string name_;
    UnixMillis now_;
    std::string counts_, errors_;
    bool parked_ = false, open_ = false;
    std::optional<UnixMillis> due_;
};

// Of NodeStatus and StudyStatus alike.
std::string delivery_lines(const auto& status, const Commands& commands) {
    std::vector<Destination> all;
    const auto named = [&](const std::string& name) -> Destination& {
        const auto found = std::ranges::find(all, name, &Destination::name);
        return found != all.end() ? *found : all.emplace_back(name, status.now);
    };
    for (const auto& name : status.configured) named(name);
    for (const auto& group : status.work.deliveries) named(group.destination).add(group);
    for (const auto& row : status.destinations)
        if (std::ranges::find(all, row.name, &Destination::name) != all.end()) named(row.name).add(row);
    std::string text;
    for (const auto& destination : all)
        text += destination.text(
            std::ranges::find(status.configured, destination.name()) != status.configured.end(), commands);
    return text.empty() ? "  no destination is configured\n" : text;
}

// What follows the limit below which images are refused.
std::string refusal_in_words(const Disk& disk) {
    if (!disk.images_refused) return "";
    if (disk.free_bytes < disk.refuse_below_bytes) return ": NOW. Free space there";
    return ". They are refused NOW, though so much is free: a write failed, or there was less a moment ago. "
           "The log says which";
}

std::string disk_in_words(const Disk& disk) {
    if (disk.total_bytes == 0) return "the file system does not say how much is free";
    return fmt::format("{} free of {}; images are refused (A700H) below {}{}",
                       bytes_in_words(disk.free_bytes), bytes_in_words(disk.total_bytes),
                       bytes_in_words(disk.refuse_below_bytes), refusal_in_words(disk));
}

}  // namespace

std::string duration_in_words(UnixMillis ms) {
    const UnixMillis s = std::max<UnixMillis>(ms, 0) / 1000, min = s / 60, h = min / 60, d = h / 24;
    if (d > 0) return fmt::format("{} d {} h", d, h % 24);
    if (h > 0) return fmt::format("{} h {} min", h, min % 60);
    if (min > 0) return fmt::format("{} min", min);
    return fmt::format("{} s", s);
}

std::string in_words(const NodeStatus& status, const std::filesystem::path& config_file) {
    const auto& work = status.work;
    std::string text = fmt::format("daemon: {}\ndisk: {}: {}\nimages kept: {}, {}\n",
                                   status.daemon_runs ? "running" : "NOT running here",
                                   status.data_dir.string(), disk_in_words(status.disk), work.instances,
                                   bytes_in_words(static_cast<std::uint64_t>(work.instance_bytes)));
    text += fmt::format("studies: {}\n", counts_in_words(work.studies)) +
            study_lines(work.unfinished, status.now);
    if (!work.failed.empty())
        text += study_lines(work.failed, status.now) +
                fmt::format("  to try one again: calcinode reanalyze --config {} --study UID\n",
                            config_file.string());
    text += fmt::format("analysis jobs: {}\nobjects to deliver:\n", counts_in_words(work.jobs));
    text += delivery_lines(status, {config_file, ""});
    text.pop_back();  // the last line's end
    return text;
}

std::string in_words(const StudyStatus& status, const std::filesystem::path& config_file) {
    const auto& study = status.work.study;
    std::string text = "study:\n" + study_line(study, status.now);
    if (!study.job_state.empty())
        text += fmt::format("newest analysis job: {}, attempt {}{}\n", study.job_state, study.attempts,
                            study.job_error.empty() ? "" : "; last error: " + plain(study.job_error));
    text += "its objects:\n" + delivery_lines(status, {config_file, " --study " + study.study_uid});
    text.pop_back();
    return text;
}

}  // namespace calcinode::app
