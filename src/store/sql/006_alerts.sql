-- Alerts are deliveries, too: of a message instead of an object. sop_instance_uid is then the alert's UID, sop_class_uid is empty.
ALTER TABLE delivery ADD COLUMN kind TEXT NOT NULL DEFAULT 'object' CHECK (kind IN ('object', 'alert'));
