-- Pages. What columns and indexes are for is said in ../sqlite/0005_pages.sql.

CREATE INDEX executions_by_duration
    ON executions (project, domain, child, (ended - created), serial) WHERE ended IS NOT NULL;

CREATE INDEX waiting_gates ON nodes (created, execution, path)
    WHERE kind = 'gate' AND phase = 'RUNNING' AND signal IS NULL;

CREATE INDEX journal_of_executions ON journal (seq) WHERE path = '' AND attempt = 0;

ALTER TABLE uses ADD COLUMN type TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE uses ADD COLUMN size BIGINT;

CREATE INDEX artifacts ON uses (at, execution, path, name)
    WHERE made = 1 AND reused = 0 AND entity_kind = 'task' AND path <> '';

CREATE INDEX stored_artifacts ON uses (at, execution, path, name)
    WHERE made = 1 AND reused = 0 AND entity_kind = 'task' AND path <> '' AND size IS NOT NULL;

ALTER TABLE attempts ADD COLUMN taken DOUBLE PRECISION;
ALTER TABLE attempts ADD COLUMN returned DOUBLE PRECISION;
