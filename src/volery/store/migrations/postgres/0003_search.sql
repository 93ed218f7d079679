-- See ../sqlite/0004_search.sql, where it is said what columns and indexes are for.

ALTER TABLE executions
    ADD COLUMN version TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN annotations BYTEA,
    ADD COLUMN notify INTEGER NOT NULL DEFAULT 0 CHECK (notify IN (0, 1)),
    ADD COLUMN scheduled DOUBLE PRECISION,
    ADD COLUMN child INTEGER NOT NULL DEFAULT 0;

UPDATE executions SET child = 1 WHERE parent_execution IS NOT NULL;

ALTER TABLE executions ADD CHECK (child = CASE WHEN parent_execution IS NULL THEN 0 ELSE 1 END);

DROP INDEX executions_by_phase;

CREATE INDEX executions_by_phase ON executions (child, phase, created, serial);

CREATE INDEX executions_by_place ON executions (project, domain, child, phase, created, serial);

CREATE INDEX executions_by_entity ON executions (entity_name, child, phase, created, serial);

CREATE INDEX executions_by_version ON executions (version, created, serial) WHERE version <> '';

CREATE INDEX executions_by_parent ON executions (parent_execution, phase, created, serial)
    WHERE parent_execution IS NOT NULL;

CREATE TABLE marks (
    name TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    created DOUBLE PRECISION NOT NULL,
    serial BIGINT NOT NULL REFERENCES executions (serial),
    PRIMARY KEY (name, value, created, serial)
);

CREATE INDEX marks_of_execution ON marks (serial);
