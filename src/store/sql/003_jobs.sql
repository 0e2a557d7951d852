-- Jobs that make up for a stop or a full disk without using up their attempts, and urgent studies first.
ALTER TABLE study ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;   -- 1 urgent, 0 routine
ALTER TABLE job ADD COLUMN postponed INTEGER NOT NULL DEFAULT 0;    -- attempts that broke off for no fault of the study
ALTER TABLE job ADD COLUMN queued INTEGER NOT NULL DEFAULT 0;       -- place within its priority: the smallest first
UPDATE job SET queued = not_before;
