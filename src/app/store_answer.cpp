#include "app/store_answer.hpp"

#include <algorithm>
#include <utility>

#include "receive/status.hpp"

namespace calcinode::app {
namespace {

namespace status = receive::status;
using receive::Outcome;
using receive::StoreAnswer;
using spool::Refusal;

StoreAnswer answer_to(const spool::Rejected& rejected) {
    const auto with = [&](std::uint16_t code, const char* comment, Outcome outcome = Outcome::refused) {
        return StoreAnswer{code, comment, rejected.what, "", outcome};
    };
    switch (rejected.refusal) {
        case Refusal::no_space:  // one line for all images says so, not one each
            return {status::out_of_resources, "no space left", "", "", Outcome::refused};
        case Refusal::storage_failed:
            return with(status::out_of_resources, "cannot store");
        case Refusal::wrong_class:
            return with(status::class_mismatch, "SOP class not accepted");
        case Refusal::identity_mismatch:
            return with(status::class_mismatch, "dataset is not what was announced");
        case Refusal::own_object:
            return with(status::success, "", Outcome::ignored);
        case Refusal::not_understood:
            break;
    }
    return with(status::cannot_understand, "dataset truncated or malformed");
}

StoreAnswer answer_to(const spool::Kept& kept) {
    switch (kept.how) {
        case spool::Stored::added:
            return {status::success, "", "", kept.study_uid, Outcome::stored};
        case spool::Stored::same_again:
            return {status::success, "", "", kept.study_uid, Outcome::duplicate};
        case spool::Stored::differs:
            break;
    }
    const char* const comment = "came before with other content, the first is kept";
    return {status::coercion_warning, comment, comment, kept.study_uid, Outcome::conflict};
}

class SpoolIntake final : public receive::Intake {
  public:
    SpoolIntake(spool::Spool& spool, std::unique_ptr<spool::Arrival> arrival)
        : spool_(&spool), arrival_(std::move(arrival)) {}

    void write(std::span<const std::byte> bytes) override { arrival_->write(bytes); }
    StoreAnswer commit() override {
        try {
            return app::answer_to(spool_->commit_instance(*arrival_));
        } catch (const store::StoreFailure& failure) {
            // The file may stand in its place already; the same instance again finds it there.
            return {status::out_of_resources, "cannot store", failure.what(), "", Outcome::refused};
        }
    }

  private:
    spool::Spool* spool_;
    std::unique_ptr<spool::Arrival> arrival_;
};

}  // namespace

receive::StoreAnswer answer_to(const std::expected<spool::Kept, spool::Rejected>& committed) {
    return committed ? answer_to(*committed) : answer_to(committed.error());
}

receive::InstanceSink sink_into(spool::Spool& spool, std::vector<std::string> urgent_callers) {
    return {.begin = [&spool, urgent_callers = std::move(urgent_callers)](const receive::Announced& said)
                -> std::expected<std::unique_ptr<receive::Intake>, StoreAnswer> {
        const bool urgent =
            said.high_priority || std::ranges::find(urgent_callers, said.calling_ae) != urgent_callers.end();
        auto arrival = spool.begin_instance(
            {said.sop_class_uid, said.sop_instance_uid, said.transfer_syntax_uid, said.calling_ae},
            urgent ? spool::Urgency::urgent : spool::Urgency::routine);
        if (!arrival) return std::unexpected(answer_to(arrival.error()));
        return std::make_unique<SpoolIntake>(spool, std::move(*arrival));
    }};
}

}  // namespace calcinode::app
