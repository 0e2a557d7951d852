// The database: where every state that outlives a call is kept. Only this folder speaks SQL.
//
// One Database is one SQLite connection (WAL, foreign keys on) with a mutex; all calls are safe from any
// thread and each is one transaction. The stages hand on by these rows, and a kill at any instant leaves each
// row before or after its step:
//
//   row       states                                              moved by
//   study     receiving -> queued                                 assemble (completeness)
//             queued -> analysing                                 the job's lease
//             analysing -> analysed | not_applicable | failed     the job's end, with its result row
//             any -> receiving                                    a new instance after that
//   job       queued -> leased -> done | parked | queued (retry)  the analysis worker; an expired lease is
//                                                                 queued
//   delivery  pending -> sent | uncommitted | parked | pending (retry)  deliver; `sent` is the end where no
//                                                                 commitment is asked for
//             uncommitted -> committed | pending (the peer lost it) | parked  deliver, by the peer's report
//             parked -> pending                                   the administrator's command to resend
//             any -> committed                                    a report that came late
//
// Instance rows are an index of the spool: a lost row is found again by the spool's sweep at start, so
// inserting one need not be synced; job, result and delivery rows are (synchronous=FULL for those
// transactions is the implementation's matter).
//
// Methods throw StoreFailure where the database itself fails (disk full, damaged): nothing a caller can mend.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace calcinode::store {

struct StoreFailure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct InstanceRow {
    std::string sop_instance_uid, series_uid, study_uid, sop_class_uid, transfer_syntax_uid;
    std::string modality;
    std::string path;  // relative to the spool folder
    std::int64_t bytes = 0;
    std::string sha256;
    std::string calling_ae;
    UnixMillis received = 0;
};

enum class Insert { added, same_again, differs };  // differs: same UID, other bytes; the first is kept

struct StudyRow {
    std::string study_uid, state, reason, verdict;
    UnixMillis first_received = 0, last_received = 0;
    std::optional<UnixMillis> gap_since;
    int revision = 0;
    std::int64_t instances = 0;
    std::int64_t conflicts = 0;
};

struct Job {
    std::int64_t id = 0;
    std::string study_uid;
    int attempts = 0;  // counting this one
};

struct ObjectToDeliver {
    std::string sop_class_uid, sop_instance_uid;
    std::string path;  // relative to the results folder
};

struct NewResult {
    std::string study_uid, identity, status, verdict, reason, folder;
    std::vector<ObjectToDeliver> objects;
    std::vector<std::string> destinations;  // each object becomes a delivery row for each of these
};

struct Delivery {
    std::int64_t id = 0;
    std::string destination, sop_class_uid, sop_instance_uid, path, study_uid;
    int attempts = 0;        // to send it, so far
    int asked = 0;           // requests for its commitment since it was sent
    UnixMillis created = 0;  // when its result was made, or it was last taken up again by command
    std::string last_error;
};

// Whether a delivery ends with its arrival, or is then to be committed.
enum class Commitment { not_asked, asked };

// What is known of a destination; it is not in the database before its first attempt.
struct DestinationRow {
    std::string name;
    int failures = 0;           // attempts in a row that did not reach it; 0: it answers
    UnixMillis not_before = 0;  // when the next attempt is due
    std::string trouble;        // why the last attempt failed
    UnixMillis since = 0;       // when it became as it is, reachable or not
};

// What a peer's report, or the lack of one, means for a delivery.
struct CommitmentVerdict {
    enum class Then { committed, send_again, ask_again, park };
    std::int64_t delivery_id = 0;
    Then then = Then::committed;
    std::string why;            // but for `committed`
    UnixMillis not_before = 0;  // for the two that do it again
};

class Database {
  public:
    // Opens or creates, and migrates to the newest schema. An Error for a database of a newer schema, a file
    // that is no database, or a folder that can't be written.
    static Result<Database> open(const std::filesystem::path& file);
    Database(Database&&) noexcept;
    ~Database();

    // --- instances and studies
    // Adds instance, series and study rows as needed. A new instance sets the study to `receiving`; one that
    // differs from its first is counted in the first's row.
    Insert add_instance(const InstanceRow& row);
    std::optional<InstanceRow> find_instance(const std::string& sop_instance_uid);
    std::vector<InstanceRow> instances_of(const std::string& study_uid);
    std::optional<StudyRow> find_study(const std::string& study_uid);
    std::vector<StudyRow> studies(int limit = 1000);  // newest first
    // Studies in state `receiving` whose last instance came before `before`.
    std::vector<StudyRow> quiet_studies(UnixMillis before);
    void set_gap_since(const std::string& study_uid, UnixMillis since);
    // receiving -> queued, with a job, in one transaction, if no instance came after `last_received`.
    // False where one did.
    // False too while a worker still holds a lease on the study's last job.
    bool queue_study(const std::string& study_uid, UnixMillis last_received);
    // `path` of every instance row, sorted: what the spool's sweep compares its files with.
    std::vector<std::string> instance_paths();

    // --- jobs
    // The oldest due job, leased until `until`, its study set to analysing; also takes over expired leases.
    // The job of a study that is receiving again waits until the study is queued again.
    std::optional<Job> lease_job(UnixMillis now, UnixMillis until);
    void extend_lease(std::int64_t job_id, UnixMillis until);
    // All leases expire: for the start of the only worker process.
    void release_all_leases();
    // Job done, result row and delivery rows, study state, in one transaction. A result of the same identity
    // exists already: only the job and the study change. New instances that came meanwhile keep the study in
    // `receiving`. Does nothing where the lease was taken over meanwhile (the Job is older than the row).
    void finish_job(const Job& job, const NewResult& result);
    void retry_job(const Job& job, const std::string& error, UnixMillis not_before);
    void park_job(const Job& job, const std::string& error);  // study becomes failed with that reason

    // --- deliveries
    // Pending ones whose time has come; those that waited longest first.
    std::vector<Delivery> due_deliveries(const std::string& destination, UnixMillis now, int limit);
    void delivery_sent(std::int64_t id, UnixMillis now, Commitment commitment = Commitment::not_asked);
    void delivery_failed(std::int64_t id, const std::string& error, UnixMillis not_before);
    void delivery_parked(std::int64_t id, const std::string& error);
    // Parks what waits for the destination and was created before `created_before`. Returns how many.
    int park_deliveries(const std::string& destination, UnixMillis created_before, const std::string& error);
    // parked -> pending, due at once, and the destination tried at once; of all destinations or studies where
    // the name is empty. Returns how many. May be called from another process.
    int resend_parked(const std::string& destination, const std::string& study_uid, UnixMillis now);
    struct DeliveryCounts {
        std::int64_t pending = 0, sent = 0, uncommitted = 0, committed = 0, parked = 0;
    };
    DeliveryCounts delivery_counts(const std::string& study_uid);
    DeliveryCounts delivery_counts_of(const std::string& destination);
    // Whether each object of the study has arrived everywhere it goes, and is committed where that was asked
    // for.
    bool is_delivered(const std::string& study_uid);

    // --- destinations
    DestinationRow destination(const std::string& name);
    std::vector<DestinationRow> destinations();
    void set_destination(const DestinationRow& row);

    // --- storage commitment
    // Uncommitted deliveries whose commitment is to be asked for now, for the first time or again.
    std::vector<Delivery> due_commitments(const std::string& destination, UnixMillis now, int limit);
    // Before the request leaves: an answer, however late and after whatever crash, finds what it was about.
    // The deliveries are due again at `ask_again`. Transactions of more than 30 days ago are forgotten.
    void begin_commitment(const std::string& transaction_uid, const std::vector<Delivery>& deliveries,
                          UnixMillis now, UnixMillis ask_again);
    // The request did not get through: its deliveries that still wait are due again at `ask_again`.
    void commitment_failed(const std::string& transaction_uid, const std::string& error,
                           UnixMillis ask_again);
    // The deliveries of a transaction; nothing where there is no such transaction.
    std::optional<std::vector<Delivery>> commitment(const std::string& transaction_uid);
    // Of a transaction's report, or (without a transaction) of time. A delivery that was committed before
    // stays so; only one that waits for its commitment is sent or asked again or parked.
    void record_verdicts(const std::string& transaction_uid, const std::vector<CommitmentVerdict>& verdicts,
                         UnixMillis now);
    // For a destination that is no longer asked for commitments: uncommitted -> sent. Returns how many.
    int waive_commitments(const std::string& destination);

  private:
    struct Connection;
    explicit Database(std::unique_ptr<Connection> connection);
    std::unique_ptr<Connection> connection_;
};

}  // namespace calcinode::store
