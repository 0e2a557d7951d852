#include "app/meters.hpp"

#include <utility>

namespace calcinode::app {
namespace {

using receive::Outcome;

// In the order of receive::Outcome.
constexpr std::array<std::string_view, 5> outcome_names{"stored", "duplicate", "conflict", "ignored",
                                                        "refused"};

class CountedIntake final : public receive::Intake {
  public:
    CountedIntake(std::unique_ptr<receive::Intake> intake, Meters& meters)
        : intake_(std::move(intake)), meters_(&meters) {}

    void write(std::span<const std::byte> bytes) override {
        bytes_ += bytes.size();
        intake_->write(bytes);
    }
    receive::StoreAnswer commit() override {
        auto answer = intake_->commit();
        meters_->count(answer.outcome, bytes_);
        return answer;
    }

  private:
    std::unique_ptr<receive::Intake> intake_;
    Meters* meters_;
    std::uint64_t bytes_ = 0;
};

}  // namespace

void Meters::count(Outcome outcome, std::uint64_t bytes) {
    ++instances_.at(static_cast<std::size_t>(outcome));
    bytes_ += bytes;
}

void Meters::analysed(std::chrono::steady_clock::duration took) {
    const auto seconds = std::chrono::duration<double>(took).count();
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = 0; i < bounds_s.size(); ++i)
        if (seconds <= bounds_s[i]) ++within_[i];
    sum_s_ += seconds;
    ++analyses_;
}

void Meters::put_into(web::Live& live) const {
    live.started = started_;
    for (std::size_t i = 0; i < outcomes; ++i) live.instances.push_back({outcome_names[i], instances_[i]});
    live.received_bytes = bytes_;
    live.last_look = last_look_;
    live.stopping = stopping_;
    live.takes_images = takes_images_;
    const std::scoped_lock lock(mutex_);
    for (std::size_t i = 0; i < bounds_s.size(); ++i)
        live.analyses.buckets.push_back({static_cast<double>(bounds_s[i]), within_[i]});
    live.analyses.sum_s = sum_s_;
    live.analyses.count = analyses_;
}

receive::InstanceSink counted(receive::InstanceSink sink, Meters& meters) {
    sink.begin = [begin = std::move(sink.begin), &meters](const receive::Announced& said)
        -> std::expected<std::unique_ptr<receive::Intake>, receive::StoreAnswer> {
        auto intake = begin(said);
        if (!intake) {
            meters.count(intake.error().outcome, 0);
            return std::unexpected(std::move(intake.error()));
        }
        return std::make_unique<CountedIntake>(std::move(*intake), meters);
    };
    return sink;
}

}  // namespace calcinode::app
