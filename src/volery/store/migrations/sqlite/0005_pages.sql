-- Pages: lists by how long things took, gates that wait, what was made, what becomes of executions.

-- Executions that have ended, by how long that took.
CREATE INDEX executions_by_duration
    ON executions (project, domain, child, (ended - created), serial) WHERE ended IS NOT NULL;

-- Gates that nobody has answered yet, and those that wake by themselves.
CREATE INDEX waiting_gates ON nodes (created, execution, path)
    WHERE kind = 'gate' AND phase = 'RUNNING' AND signal IS NULL;

-- Lines about executions themselves, from whichever family.
CREATE INDEX journal_of_executions ON journal (seq) WHERE path = '' AND attempt = 0;

-- type: of the value, for people; '' where it was not written down. size: bytes, of what is stored.
ALTER TABLE uses ADD COLUMN type TEXT NOT NULL DEFAULT '';
ALTER TABLE uses ADD COLUMN size INTEGER;

-- What tasks have made, and of that what is stored as content or by reference.
CREATE INDEX artifacts ON uses (at, execution, path, name)
    WHERE made = 1 AND reused = 0 AND entity_kind = 'task' AND path <> '';

CREATE INDEX stored_artifacts ON uses (at, execution, path, name)
    WHERE made = 1 AND reused = 0 AND entity_kind = 'task' AND path <> '' AND size IS NOT NULL;

-- taken: when it left the outbox. returned: when user code had, and what it gave was still to be
-- written; NULL: nobody knows.
ALTER TABLE attempts ADD COLUMN taken REAL;
ALTER TABLE attempts ADD COLUMN returned REAL;
