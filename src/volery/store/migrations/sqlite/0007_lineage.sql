-- Lineage: where values come from and where they go, by what they mean. Nothing of it is written
-- with what the engine does: it is read from the journal, a little later.
--
-- traced: seq of the last line of its family's journal that was read; -1: there will be no more.
-- Only in the row of a family's root.
ALTER TABLE executions ADD COLUMN traced INTEGER NOT NULL DEFAULT 0;

CREATE INDEX untraced ON executions (serial) WHERE child = 0 AND traced >= 0;

-- A value at a node execution (path '': the execution) that has taken it, or made it.
--
-- name: of the input or output, and where in it. digest: of what the value means. telling: values
-- that mean the same are the same, and not alike by chance. entity: what has run there, NULL where
-- nothing does. reused: it was made elsewhere. uri: of content that others keep. sources: what it
-- comes from, empty: from all that was taken here or, taken, from nobody who is known.
CREATE TABLE uses (
    execution TEXT NOT NULL,
    path TEXT NOT NULL,
    made INTEGER NOT NULL CHECK (made IN (0, 1)),
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    telling INTEGER NOT NULL CHECK (telling IN (0, 1)),
    at REAL NOT NULL,
    entity_kind TEXT CHECK (entity_kind IN ('task', 'workflow', 'launch_plan')),
    entity_name TEXT,
    reused INTEGER NOT NULL CHECK (reused IN (0, 1)),
    uri TEXT NOT NULL,
    preview TEXT NOT NULL,
    sources BLOB NOT NULL,
    PRIMARY KEY (execution, path, made, name),
    CHECK ((entity_kind IS NULL) = (entity_name IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX uses_by_digest ON uses (digest, made, at);

CREATE INDEX uses_by_uri ON uses (uri) WHERE uri <> '';

-- Content by the digest of its bytes, where it is known by another of what they mean.
CREATE TABLE contents (
    bytes TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (bytes, digest)
) STRICT, WITHOUT ROWID;

-- Which node execution has something that comes from which other.
CREATE TABLE readers (
    execution TEXT NOT NULL,
    path TEXT NOT NULL,
    reader_execution TEXT NOT NULL,
    reader_path TEXT NOT NULL,
    PRIMARY KEY (execution, path, reader_execution, reader_path)
) STRICT, WITHOUT ROWID;
