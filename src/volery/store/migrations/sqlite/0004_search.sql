-- Finding executions among a million, and what the lists of the server show of them.
--
-- version: of the entity, '' for one that is not registered. annotations: NULL where there are none.
-- notify: somebody wants to be told how it ends. scheduled: the instant that it was started for.
-- child: another execution has started it.
ALTER TABLE executions ADD COLUMN version TEXT NOT NULL DEFAULT '';
ALTER TABLE executions ADD COLUMN annotations BLOB;
ALTER TABLE executions ADD COLUMN notify INTEGER NOT NULL DEFAULT 0 CHECK (notify IN (0, 1));
ALTER TABLE executions ADD COLUMN scheduled REAL;
ALTER TABLE executions ADD COLUMN child INTEGER NOT NULL DEFAULT 0 CHECK (child IN (0, 1));

UPDATE executions SET child = 1 WHERE parent_execution IS NOT NULL;

-- Each begins with what a list is about and ends with its order, newest last. A list of several
-- phases is merged from those of each. See search.py.
DROP INDEX executions_by_phase;

CREATE INDEX executions_by_phase ON executions (child, phase, created, serial);

CREATE INDEX executions_by_place ON executions (project, domain, child, phase, created, serial);

CREATE INDEX executions_by_entity ON executions (entity_name, child, phase, created, serial);

CREATE INDEX executions_by_version ON executions (version, created, serial) WHERE version <> '';

CREATE INDEX executions_by_parent ON executions (parent_execution, phase, created, serial)
    WHERE parent_execution IS NOT NULL;

-- What executions are found by besides their columns: label.<key> and input.<name>.
CREATE TABLE marks (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    created REAL NOT NULL,
    serial INTEGER NOT NULL REFERENCES executions (serial),
    PRIMARY KEY (name, value, created, serial)
) STRICT, WITHOUT ROWID;

CREATE INDEX marks_of_execution ON marks (serial);
