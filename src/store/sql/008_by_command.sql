-- A parked delivery that an administrator gave up: it counts as finished, and is never tried again by itself.
ALTER TABLE delivery ADD COLUMN given_up INTEGER;  -- when; NULL: not

-- A study whose images are removed by command, so that corrected ones may come under the same UIDs.
ALTER TABLE study ADD COLUMN forgotten INTEGER;  -- when; NULL: not, or its images are gone

-- What is asked many times a minute must not grow with all studies that ever came.
CREATE INDEX study_receiving ON study (last_received) WHERE state = 'receiving';
CREATE INDEX job_of_study ON job (study_uid, id);
