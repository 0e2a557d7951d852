-- What a study's history tells: when it was complete, and when its analysis began and ended.
ALTER TABLE job ADD COLUMN created INTEGER NOT NULL DEFAULT 0;  -- when the study was complete, or asked for again
ALTER TABLE job ADD COLUMN began INTEGER;                       -- the last attempt
ALTER TABLE job ADD COLUMN ended INTEGER;
UPDATE job SET created = queued;
CREATE INDEX study_by_time ON study (last_received, study_uid);
