-- See ../sqlite/0007_lineage.sql, where it is said what tables and columns are for.

ALTER TABLE executions ADD COLUMN traced BIGINT NOT NULL DEFAULT 0;

CREATE INDEX untraced ON executions (serial) WHERE child = 0 AND traced >= 0;

CREATE TABLE uses (
    execution TEXT COLLATE "C" NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    made INTEGER NOT NULL CHECK (made IN (0, 1)),
    name TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    telling INTEGER NOT NULL CHECK (telling IN (0, 1)),
    at DOUBLE PRECISION NOT NULL,
    entity_kind TEXT COLLATE "C" CHECK (entity_kind IN ('task', 'workflow', 'launch_plan')),
    entity_name TEXT COLLATE "C",
    reused INTEGER NOT NULL CHECK (reused IN (0, 1)),
    uri TEXT COLLATE "C" NOT NULL,
    preview TEXT COLLATE "C" NOT NULL,
    sources BYTEA NOT NULL,
    PRIMARY KEY (execution, path, made, name),
    CHECK ((entity_kind IS NULL) = (entity_name IS NULL))
);

CREATE INDEX uses_by_digest ON uses (digest, made, at);

CREATE INDEX uses_by_uri ON uses (uri) WHERE uri <> '';

CREATE TABLE contents (
    bytes TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (bytes, digest)
);

CREATE TABLE readers (
    execution TEXT COLLATE "C" NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    reader_execution TEXT COLLATE "C" NOT NULL,
    reader_path TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (execution, path, reader_execution, reader_path)
);
