-- One row from the creation of a database until the files of the data folder were looked through for their rows.
CREATE TABLE unread_files (since INTEGER NOT NULL DEFAULT (unixepoch() * 1000)) STRICT;
