-- Storage commitment, and what is known of each destination. SQLite can't change a CHECK: the table is made
-- anew.
CREATE TABLE new_delivery (
    id               INTEGER PRIMARY KEY,
    result_id        INTEGER NOT NULL REFERENCES result,
    destination      TEXT NOT NULL,
    sop_class_uid    TEXT NOT NULL,
    sop_instance_uid TEXT NOT NULL,
    path             TEXT NOT NULL,       -- relative to the results folder
    state            TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'uncommitted', 'committed', 'parked')),
    attempts         INTEGER NOT NULL DEFAULT 0,
    asked            INTEGER NOT NULL DEFAULT 0, -- requests for its commitment since it was sent
    not_before       INTEGER NOT NULL,    -- when it is due: to be sent, or its commitment to be asked for
    last_error       TEXT NOT NULL DEFAULT '',
    sent             INTEGER,
    committed        INTEGER,
    resumed          INTEGER,             -- when it was last taken up again by command; NULL: never
    UNIQUE (destination, sop_instance_uid)
) STRICT;
INSERT INTO new_delivery (id, result_id, destination, sop_class_uid, sop_instance_uid, path, state, attempts,
                          not_before, last_error, sent)
    SELECT id, result_id, destination, sop_class_uid, sop_instance_uid, path, state, attempts, not_before,
           last_error, sent FROM delivery;
DROP TABLE delivery;
ALTER TABLE new_delivery RENAME TO delivery;
CREATE INDEX delivery_due ON delivery (destination, state, not_before);
CREATE INDEX delivery_of_result ON delivery (result_id);

-- What the outbox reads of a delivery. The age of one that was taken up again counts from there.
CREATE VIEW delivery_of_study AS
    SELECT d.id, d.destination, d.sop_class_uid, d.sop_instance_uid, d.path, r.study_uid, d.attempts, d.asked,
           coalesce(d.resumed, r.created) AS created, d.last_error, d.state, d.not_before
    FROM delivery d JOIN result r ON r.id = d.result_id;

CREATE TABLE destination (
    name       TEXT PRIMARY KEY,          -- as in the configuration
    failures   INTEGER NOT NULL,          -- attempts in a row that did not reach it; 0: it answers
    not_before INTEGER NOT NULL,          -- when the next attempt is due
    trouble    TEXT NOT NULL,             -- why the last attempt failed; empty: it did not
    since      INTEGER NOT NULL           -- when it became as it is, reachable or not
) STRICT;

CREATE TABLE commitment (
    transaction_uid TEXT PRIMARY KEY,
    destination     TEXT NOT NULL,
    asked           INTEGER NOT NULL,
    answered        INTEGER               -- NULL: not yet
) STRICT;

CREATE TABLE commitment_item (
    transaction_uid TEXT NOT NULL REFERENCES commitment ON DELETE CASCADE,
    delivery_id     INTEGER NOT NULL REFERENCES delivery ON DELETE CASCADE,
    PRIMARY KEY (transaction_uid, delivery_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX commitment_item_of_delivery ON commitment_item (delivery_id);
