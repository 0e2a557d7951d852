#include "app/store_answer.hpp"

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
        case Refusal::no_space:
            return with(status::out_of_resources, "no space left");
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

}  // namespace

receive::StoreAnswer answer_to(const std::expected<spool::Kept, spool::Rejected>& committed) {
    return committed ? answer_to(*committed) : answer_to(committed.error());
}

receive::InstanceSink sink_into(spool::Spool& spool) {
    receive::InstanceSink sink;
    sink.begin = [&spool]() -> std::expected<std::filesystem::path, StoreAnswer> {
        auto path = spool.begin_instance();
        if (!path) return std::unexpected(answer_to(path.error()));
        return *path;
    };
    sink.commit = [&spool](const receive::ReceivedInstance& received) {
        try {
            return answer_to(
                spool.commit_instance(received.file, {received.sop_class_uid, received.sop_instance_uid,
                                                      received.transfer_syntax_uid, received.calling_ae}));
        } catch (const store::StoreFailure& failure) {
            // The file may stand in its place already; the same instance again finds it there.
            return StoreAnswer{status::out_of_resources, "cannot store", failure.what(), "",
                               Outcome::refused};
        }
    };
    return sink;
}

}  // namespace calcinode::app
