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
//             any -> receiving                                    a new instance after that, or one that is
//                                                                 back after its file was gone
//             analysed | not_applicable | failed -> queued        the administrator's command, with a new job
//   instance  there -> on its way out -> no row                   retention; the file goes in between
//             on its way out -> there                             the same instance received again
//   job       queued -> leased                                    the analysis worker; takes expired leases,
//                                                                 too
//             leased -> done | parked                             the analysis worker: judged | not analysed
//             leased -> queued                                    retried, postponed, or the process ended
//   delivery  pending -> sent | uncommitted | parked | pending (retry)  deliver; `sent` is the end where no
//                                                                 commitment is asked for
//             uncommitted -> committed | pending (the peer lost it) | parked  deliver, by the peer's report
//             any but pending -> pending                          the administrator's command to resend
//             pending -> parked                                   the administrator's command to park
//             parked -> given up, and back                        the administrator's commands to discard and
//             to
//                                                                 resend; given up counts as finished
//             pending | uncommitted -> given up                   the command to discard, where the
//             destination
//                                                                 is not configured any more
//             pending | parked alert -> given up                  a newer revision of the study's result
//             any -> committed                                    a report that came late
//
// Instance rows are an index of the spool: a lost row is found again by the spool's sweep at start, so
// inserting one need not be synced; job, result and delivery rows are (synchronous=FULL for those
// transactions is the implementation's matter).
//
// Methods throw StoreFailure where the database itself fails (disk full, damaged): nothing a caller can mend.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "store/history.hpp"
#include "store/overview.hpp"

namespace calcinode::store {

struct StoreFailure : std::runtime_error {
    using std::runtime_error::runtime_error;
};

// There is no room on the disk.
struct StoreFull : StoreFailure {
    using StoreFailure::StoreFailure;
};

struct InstanceRow {
    std::string sop_instance_uid, series_uid, study_uid, sop_class_uid, transfer_syntax_uid;
    std::string modality;
    std::string path;  // relative to the spool folder
    std::int64_t bytes = 0;
    std::string
        checksum;  // of the dataset; twice as long where an earlier version received it (009_ingest.sql)
    std::string calling_ae;
    UnixMillis received = 0;
    bool urgent = false;  // asks for its study to be analysed before routine ones; kept in the study's row
};

enum class Insert { added, same_again, differs };  // differs: same UID, other bytes; the first is kept

struct StudyRow {
    std::string study_uid, state, reason, verdict;
    UnixMillis first_received = 0, last_received = 0;
    std::optional<UnixMillis> gap_since;
    int revision = 0;
    std::int64_t instances = 0;
    std::int64_t conflicts = 0;
    bool urgent = false;
    std::int64_t removed_instances = 0;  // that it had when they were removed from the disk; 0: never
};

struct Job {
    std::int64_t id = 0;
    std::string study_uid;
    int leases = 0;     // so far, with this one: tells this lease from earlier ones of the job
    int postponed = 0;  // of the leases before, those that broke off for no fault of the study

    // Attempts at the study so far, with this one.
    int attempts() const { return leases - postponed; }
};

struct ObjectToDeliver {
    std::string sop_class_uid, sop_instance_uid;
    std::string path;  // relative to the results folder
};

// A message about a result, ready to be sent to one receiver. Its row is a delivery as any other.
struct AlertToDeliver {
    std::string receiver;
    std::string uid;   // the same for the same result and receiver
    std::string path;  // relative to the results folder
};

struct NewResult {
    std::string study_uid, identity, status, verdict, reason, folder;
    std::vector<ObjectToDeliver> objects;
    std::vector<std::string> destinations;  // each object becomes a delivery row for each of these
    std::vector<AlertToDeliver> alerts = {};
    // Of a destination that is not to get every object: the SOP classes of those that it gets.
    std::map<std::string, std::vector<std::string>> wanted_classes = {};
};

// Of an object; or of an alert, whose UID takes the place of a SOP instance's and which is of no SOP class.
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

// A study whose images may be removed from the disk, and a result whose files may.
struct FinishedStudy {
    std::string study_uid;
    std::int64_t bytes = 0;
    UnixMillis last_received = 0;
};
struct FinishedResult {
    std::int64_t id = 0;
    std::string study_uid;
    std::string folder;  // relative to the results folder
};

struct ResendFilter {
    std::string study_uid, destination;  // empty: all
    bool only_parked = false;
    std::int64_t delivery_id = 0;  // this one; 0: all
};

struct DiscardFilter {
    std::string study_uid, destination;  // empty: all
    bool only_parked = true;             // false: also what waits to be sent or committed
    std::int64_t delivery_id = 0;        // this one; 0: all
};

// What became of the wish to analyse a study again.
enum class Reanalysis { queued, waits_already, still_receiving, unknown_study, no_images };
enum class Forgetting { done, unknown_study, no_images, not_ended };

class Database {
  public:
    struct Connection;  // for the implementation

    // Opens or creates, and migrates to the newest schema. A damaged database, or what is none, is set aside:
    // renamed to `file`.damaged-TIME, and a new one takes its place. An Error for a database of a newer
    // schema or of another program, or a folder that can't be written.
    static Result<Database> open(const std::filesystem::path& file);
    // For a process beside the daemon: a database that is there, sound and of this program's schema; nothing
    // is made, changed or put in order.
    static Result<Database> open_existing(const std::filesystem::path& file);
    Database(Database&&) noexcept;
    ~Database();

    // What open() set aside, and why it is called damaged.
    struct SetAside {
        std::filesystem::path file;
        std::string damage;
    };
    const std::optional<SetAside>& set_aside() const;
    // Whether the rows of what the files hold are still missing: from a database's creation until
    // rows_rebuilt(), also across a kill.
    bool lacks_rows();
    void rows_rebuilt();

    // --- instances and studies
    // Adds instance, series and study rows as needed. A new instance sets the study to `receiving`; one that
    // differs from its first is counted in the first's row.
    Insert add_instance(const InstanceRow& row);
    std::optional<InstanceRow> find_instance(const std::string& sop_instance_uid);
    std::vector<InstanceRow> instances_of(const std::string& study_uid);
    std::optional<StudyRow> find_study(const std::string& study_uid);
    std::vector<StudyRow> studies(int limit = 1000);  // newest first
    // Studies in state `receiving` whose last instance came before `before`, and of which nothing is being
    // analysed; longest quiet first.
    std::vector<StudyRow> quiet_studies(UnixMillis before);
    void set_gap_since(const std::string& study_uid, UnixMillis since);
    // receiving -> queued, with a job, in one transaction, if no instance came after `last_received`.
    // False where one did.
    // False too while a worker still holds a lease on the study's last job.
    bool queue_study(const std::string& study_uid, UnixMillis last_received);
    // The clock went back, or had been wrong: what was received later than now, or waits until later, is of
    // now.
    void nothing_later_than(UnixMillis now);
    bool was_later_than(UnixMillis now);  // whether an instance was received then
    // `path` of every instance row, sorted: what the spool's sweep compares its files with.
    std::vector<std::string> instance_paths();

    // --- jobs
    // Of the due jobs, urgent before routine, the one queued first; leased until `until`, its study set to
    // analysing. Each lease counts an attempt before the work begins, so that a study which brings the
    // process down is known by it. Takes over expired leases. The job of a study that is receiving again
    // waits until the study is queued again.
    std::optional<Job> lease_job(UnixMillis now, UnixMillis until);
    void extend_lease(std::int64_t job_id, UnixMillis until);
    // All leases expire: for the start of the only worker process. Their jobs go behind all others of their
    // priority: what brought the process down must not hold up the rest.
    void release_all_leases(UnixMillis now);
    // The ends of a job. Each does nothing where the lease was taken over meanwhile.
    //
    // Job done, result row and delivery rows, study state, in one transaction. A result of the same identity
    // exists already: only the job and the study change. New instances that came meanwhile keep the study in
    // `receiving`. False where the lease was taken over.
    bool finish_job(const Job& job, const NewResult& result);
    // To be tried again, not before then, behind those that are queued until then.
    void retry_job(const Job& job, const std::string& error, UnixMillis not_before);
    // The same, and the attempt does not count: what stopped it has nothing to do with the study.
    void postpone_job(const Job& job, const std::string& error, UnixMillis not_before);
    void park_job(const Job& job, const std::string& error);  // study becomes failed with that reason

    // --- results
    // For a database that lost its rows: a result that is on disk, with deliveries as if it were new. The
    // study is judged by it if it has `instances` images or none; with others it is analysed again. False
    // where the result is known.
    bool take_in_result(const NewResult& result, int revision, std::int64_t instances);

    // The revision of the study's result with that identity; nothing where there is none.
    std::optional<int> revision_of(const std::string& study_uid, const std::string& identity);

    // --- retention: what has been analysed and delivered may go from the disk; the study's row, its results
    // and deliveries stay. An instance's row goes with its file: marked before, deleted after, so that a kill
    // in between is made up for by the next start.
    std::int64_t image_bytes();              // of all images on disk
    enum class Finished { judged, failed };  // which studies: judged and delivered, or failed
    std::optional<FinishedStudy> oldest_finished_study(Finished how, UnixMillis received_before);
    // Marks the study's instances. False where the study is no longer finished.
    bool begin_removal(const std::string& study_uid, Finished how);
    std::vector<std::string> studies_being_removed();
    std::vector<std::string> paths_being_removed(const std::string& study_uid);
    bool is_being_removed(const std::string& study_uid, const std::string& path);
    // The marked instances' files are gone: their rows go, too.
    void end_removal(const std::string& study_uid, UnixMillis now);
    // The instance came again while it was being removed, or after its file was lost: its row, be it marked,
    // sound or gone, is this one, it stays, and its study is receiving.
    void bring_back(const InstanceRow& row);
    // Its objects were all delivered or given up, or it has none.
    std::optional<FinishedResult> oldest_finished_result(UnixMillis created_before);
    void result_removed(std::int64_t result_id, UnixMillis now);

    // --- deliveries
    // Pending ones whose time has come; those that waited longest first.
    std::vector<Delivery> due_deliveries(const std::string& destination, UnixMillis now, int limit);
    void delivery_sent(std::int64_t id, UnixMillis now, Commitment commitment = Commitment::not_asked);
    void delivery_failed(std::int64_t id, const std::string& error, UnixMillis not_before);
    void delivery_parked(std::int64_t id, const std::string& error);
    // Parks what waits for the destination and was created before `created_before`. Returns how many.
    int park_deliveries(const std::string& destination, UnixMillis created_before, const std::string& error);
    struct DeliveryCounts {
        std::int64_t pending = 0, sent = 0, uncommitted = 0, committed = 0, parked = 0, given_up = 0;
    };
    DeliveryCounts delivery_counts(const std::string& study_uid);
    DeliveryCounts delivery_counts_of(const std::string& destination);
    // Whether each object of the study has arrived everywhere it goes, and is committed where that was asked
    // for; what was given up is not waited for.
    bool is_delivered(const std::string& study_uid);
    // Who was sent an alert of a result of the study before `revision`, or still has one to come: they must
    // hear of that revision, whatever it says.
    std::vector<std::string> receivers_told(const std::string& study_uid, int revision);

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

    // --- for people, who may ask from another process while the daemon runs
    Overview overview();
    std::optional<StudyOverview> study_overview(const std::string& study_uid);
    // Newest first, `filter.limit` at most.
    std::vector<ListedStudy> list_studies(const StudyFilter& filter);
    std::optional<StudyHistory> study_history(const std::string& study_uid);
    // A number that differs from an earlier one where another connection, of this process or another, has
    // changed something in between.
    std::int64_t data_version();
    // Deliveries that ended, well or not, and whose files are still there -> pending, due at once, their age
    // counted from now; and the destination is tried at once. What was given up comes back too, but with
    // `only_parked` only where its study or itself is named. An alert that a newer one has replaced never
    // does. Returns how many.
    int resend(const ResendFilter& which, UnixMillis now);
    // pending -> parked, by command. False where the delivery is not pending.
    bool park_delivery(std::int64_t id, const std::string& why);
    // Parked, or as the filter says -> given up: finished, and never tried again by itself. Returns how many.
    int discard(const DiscardFilter& which, UnixMillis now);
    // analysed, not_applicable or failed -> queued, with a new job.
    Reanalysis reanalyze(const std::string& study_uid, UnixMillis now);
    // Marks all images of a study that has ended for removal, and gives up what of its results has not been
    // sent.
    Forgetting forget(const std::string& study_uid, UnixMillis now);
    // Of the study, whose files have not been removed.
    std::vector<FinishedResult> results_with_files(const std::string& study_uid);
    // Its images are on their way out by forget().
    bool is_forgotten(const std::string& study_uid);

  private:
    enum class Counts { yes, no };  // whether an attempt counts
    void queue_again(const Job& job, const std::string& error, UnixMillis not_before, Counts counts);

    static Result<Database> open_sound(const std::filesystem::path& file);
    explicit Database(std::unique_ptr<Connection> connection);
    std::unique_ptr<Connection> connection_;
    std::optional<SetAside> set_aside_;
};

}  // namespace calcinode::store
