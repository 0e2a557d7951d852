-- A parked delivery that an administrator gave up: it counts as finished, and is never tried again by itself.
ALTER TABLE delivery ADD COLUMN given_up INTEGER;  -- when; NULL: not

-- A study whose images are removed by command, so that corrected ones may come under the same UIDs.
ALTER TABLE study ADD COLUMN forgotten INTEGER;  -- when; NULL: not, or its images are gone

-- `shown` is the state as people are told of it. The outbox asks by `state`, which has an index.
DROP VIEW delivery_of_study;
CREATE VIEW delivery_of_study AS
    SELECT d.id, d.destination, d.sop_class_uid, d.sop_instance_uid, d.path, r.study_uid, d.attempts, d.asked,
           coalesce(d.resumed, r.created) AS created, d.last_error, d.state, d.not_before,
           CASE WHEN d.given_up IS NULL THEN d.state ELSE 'given_up' END AS shown
    FROM delivery d JOIN result r ON r.id = d.result_id;

-- What is asked many times a minute must not grow with all studies that ever came.
CREATE INDEX study_receiving ON study (last_received) WHERE state = 'receiving';
CREATE INDEX job_of_study ON job (study_uid, id);
