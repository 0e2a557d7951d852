-- XXH3 (src/base/checksum.hpp) of the dataset as received; where an earlier version received it SHA-256, twice as long.
ALTER TABLE instance RENAME COLUMN sha256 TO checksum;

-- Of a study that is being received each image changes last_received: the index has no part of it.
DROP INDEX study_receiving;
CREATE INDEX study_receiving ON study (study_uid) WHERE state = 'receiving';
