-- What is removed when it has been analysed and delivered, so that rows can tell what was there.
ALTER TABLE study ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;              -- of its images on disk
ALTER TABLE study ADD COLUMN images_removed INTEGER;                        -- when its images were removed
ALTER TABLE study ADD COLUMN removed_instances INTEGER NOT NULL DEFAULT 0;  -- how many it had then
ALTER TABLE instance ADD COLUMN removing INTEGER NOT NULL DEFAULT 0;        -- 1: its file is on its way out
ALTER TABLE result ADD COLUMN removed INTEGER;                              -- when its files were removed
UPDATE study SET bytes = (SELECT coalesce(sum(bytes), 0) FROM instance i WHERE i.study_uid = study.study_uid);
CREATE INDEX study_with_images ON study (last_received, bytes) WHERE bytes > 0;
CREATE INDEX instance_on_its_way_out ON instance (study_uid) WHERE removing = 1;
CREATE INDEX result_with_files ON result (created) WHERE removed IS NULL;
