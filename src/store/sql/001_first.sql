-- Schema 1. Times are milliseconds since 1970 UTC. Every state's meaning and who moves it: src/store/store.hpp.
CREATE TABLE study (
    study_uid      TEXT PRIMARY KEY,
    state          TEXT NOT NULL CHECK (state IN
                       ('receiving', 'queued', 'analysing', 'analysed', 'not_applicable', 'failed')),
    reason         TEXT NOT NULL DEFAULT '',
    verdict        TEXT NOT NULL DEFAULT '',
    first_received INTEGER NOT NULL,
    last_received  INTEGER NOT NULL,
    gap_since      INTEGER,               -- since when it waits for missing slices; NULL: it does not
    revision       INTEGER NOT NULL DEFAULT 0   -- results so far
) STRICT;

CREATE TABLE series (
    study_uid  TEXT NOT NULL REFERENCES study,
    series_uid TEXT NOT NULL,
    modality   TEXT NOT NULL,
    PRIMARY KEY (study_uid, series_uid)   -- not series_uid alone: senders have reused one across studies
) STRICT;

CREATE TABLE instance (
    sop_instance_uid    TEXT PRIMARY KEY,
    study_uid           TEXT NOT NULL,
    series_uid          TEXT NOT NULL,
    sop_class_uid       TEXT NOT NULL,
    transfer_syntax_uid TEXT NOT NULL,
    path                TEXT NOT NULL,    -- relative to the spool folder
    bytes               INTEGER NOT NULL,
    sha256              TEXT NOT NULL,    -- of the dataset as received
    calling_ae          TEXT NOT NULL,
    received            INTEGER NOT NULL,
    conflicts           INTEGER NOT NULL DEFAULT 0, -- times the same UID came with other bytes (first kept)
    FOREIGN KEY (study_uid, series_uid) REFERENCES series
) STRICT;
CREATE INDEX instance_of_study ON instance (study_uid);

CREATE TABLE job (
    id         INTEGER PRIMARY KEY,
    study_uid  TEXT NOT NULL REFERENCES study,
    state      TEXT NOT NULL CHECK (state IN ('queued', 'leased', 'done', 'parked')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL,
    leased_until INTEGER,
    last_error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE UNIQUE INDEX one_open_job_a_study ON job (study_uid) WHERE state IN ('queued', 'leased');

CREATE TABLE result (
    id        INTEGER PRIMARY KEY,
    study_uid TEXT NOT NULL REFERENCES study,
    revision  INTEGER NOT NULL,
    identity  TEXT NOT NULL,              -- what it was made of; the same identity is the same result
    status    TEXT NOT NULL,
    verdict   TEXT NOT NULL,
    reason    TEXT NOT NULL,
    folder    TEXT NOT NULL,              -- relative to the results folder
    created   INTEGER NOT NULL,
    UNIQUE (study_uid, identity)
) STRICT;

CREATE TABLE delivery (
    id               INTEGER PRIMARY KEY,
    result_id        INTEGER NOT NULL REFERENCES result,
    destination      TEXT NOT NULL,
    sop_class_uid    TEXT NOT NULL,
    sop_instance_uid TEXT NOT NULL,
    path             TEXT NOT NULL,       -- relative to the results folder
    state            TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'parked')),
    attempts         INTEGER NOT NULL DEFAULT 0,
    not_before       INTEGER NOT NULL,
    last_error       TEXT NOT NULL DEFAULT '',
    sent             INTEGER,
    UNIQUE (destination, sop_instance_uid)
) STRICT;
CREATE INDEX delivery_due ON delivery (destination, state, not_before);
