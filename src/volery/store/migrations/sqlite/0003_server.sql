-- The server: what is registered, finding executions, schedules, notices, lineage, who may do what.

-- One row. Who this database is, among those that have values in one storage.
CREATE TABLE this_database (
    id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;

INSERT INTO this_database (id) VALUES (lower(hex(randomblob(16))));

-- What is registered: projects and their domains, code packages, versions of entities.

CREATE TABLE projects (
    id TEXT NOT NULL PRIMARY KEY,
    description TEXT NOT NULL,
    created REAL NOT NULL
) STRICT;

-- place: as they were given, from 0.
CREATE TABLE domains (
    project TEXT NOT NULL REFERENCES projects (id),
    domain TEXT NOT NULL,
    place INTEGER NOT NULL,
    PRIMARY KEY (project, domain)
) STRICT, WITHOUT ROWID;

INSERT INTO projects (id, description, created) VALUES ('default', '', 0);

INSERT INTO domains (project, domain, place)
VALUES ('default', 'development', 0), ('default', 'staging', 1), ('default', 'production', 2);

-- size: of the archive, not compressed.
CREATE TABLE packages (
    digest TEXT NOT NULL PRIMARY KEY CHECK (length(digest) = 64),
    size INTEGER NOT NULL,
    created REAL NOT NULL,
    author TEXT NOT NULL
) STRICT;

-- serial: a version that was registered later has a higher one. digest: of the spec. package: where
-- its code is; NULL: in none. newest: no version of this entity has a higher serial.
CREATE TABLE entities (
    serial INTEGER NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('task', 'workflow', 'launch_plan')),
    project TEXT NOT NULL,
    domain TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    digest TEXT NOT NULL,
    bundle TEXT NOT NULL REFERENCES bundles (digest),
    package TEXT REFERENCES packages (digest),
    description TEXT NOT NULL,
    created REAL NOT NULL,
    author TEXT NOT NULL,
    newest INTEGER NOT NULL CHECK (newest IN (0, 1)),
    UNIQUE (kind, project, domain, name, version),
    FOREIGN KEY (project, domain) REFERENCES domains (project, domain)
) STRICT;

CREATE INDEX versions ON entities (kind, project, domain, name, serial DESC);

CREATE UNIQUE INDEX newest_entities ON entities (kind, project, domain, name) WHERE newest = 1;

CREATE INDEX entities_of_version ON entities (project, domain, version);

CREATE INDEX entities_of_bundle ON entities (bundle);

CREATE INDEX entities_of_package ON entities (package);

CREATE TABLE active_plans (
    kind TEXT NOT NULL DEFAULT 'launch_plan' CHECK (kind = 'launch_plan'),
    project TEXT NOT NULL,
    domain TEXT NOT NULL,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    PRIMARY KEY (project, domain, name),
    FOREIGN KEY (kind, project, domain, name, version)
        REFERENCES entities (kind, project, domain, name, version)
) STRICT, WITHOUT ROWID;

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

-- An execution that is removed for its age must not be looked for among all node executions.
CREATE INDEX nodes_by_child ON nodes (child) WHERE child IS NOT NULL;

-- Schedules of active launch plans, and their instants that have come.

-- A row for each active launch plan, also for one without a schedule: so it is known that it has
-- none. It goes when the launch plan is deactivated, whatever else is happening. schedule: an
-- `ir.schedule.Schedule`. next: the instant that comes next. last: the newest that an execution was
-- started for, and that execution. revision: rises with each change of schedule or next.
CREATE TABLE schedules (
    project TEXT NOT NULL,
    domain TEXT NOT NULL,
    plan TEXT NOT NULL,
    version TEXT NOT NULL,
    schedule BLOB,
    next REAL,
    last REAL,
    execution TEXT,
    revision INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (project, domain, plan),
    FOREIGN KEY (project, domain, plan) REFERENCES active_plans (project, domain, name)
        ON DELETE CASCADE,
    CHECK (next IS NULL OR schedule IS NOT NULL),
    CHECK ((last IS NULL) = (execution IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX due_schedules ON schedules (next) WHERE next IS NOT NULL;

-- Instants that have come, and that nothing was started for yet.
CREATE TABLE due_instants (
    project TEXT NOT NULL,
    domain TEXT NOT NULL,
    plan TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (project, domain, plan, at),
    FOREIGN KEY (project, domain, plan) REFERENCES schedules (project, domain, plan)
        ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Notices: what somebody is told when an execution has ended.
--
-- channel, address: whom; secrets stand in an address as placeholders. subject, body: templates.
-- attempts: how often it was tried, or is being tried. due: when it is tried next; while somebody
-- tries, when others may take them for dead.
CREATE TABLE notices (
    execution TEXT NOT NULL REFERENCES executions (id),
    number INTEGER NOT NULL CHECK (number > 0),
    channel TEXT NOT NULL,
    address TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    phase TEXT NOT NULL DEFAULT 'waiting' CHECK (phase IN ('waiting', 'sent', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due REAL,
    sent REAL,
    error TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (execution, number),
    CHECK ((phase = 'waiting') = (due IS NOT NULL)),
    CHECK ((phase = 'sent') = (sent IS NOT NULL)),
    CHECK (phase = 'waiting' OR attempts > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX notices_by_time ON notices (due, execution, number) WHERE phase = 'waiting';

-- Executions that somebody has to be told of; the mark is gone when their notices are there.
CREATE INDEX executions_to_tell_of ON executions (ended) WHERE notify = 1 AND ended IS NOT NULL;

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

-- What an execution has read goes with it.
CREATE INDEX readers_by_reader ON readers (reader_execution);

-- Who may do what, and who has done what.

-- digest: SHA-256 of the secret, in hexadecimal digits. projects: a list in JSON; NULL: everywhere.
-- A row is never deleted: its name stands in the audit, and is nobody else's.
CREATE TABLE tokens (
    name TEXT NOT NULL PRIMARY KEY,
    digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64),
    role TEXT NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
    projects TEXT,
    created REAL NOT NULL,
    expires REAL CHECK (expires > created),
    revoked REAL,
    used REAL
) STRICT;

CREATE TABLE audit (
    seq INTEGER NOT NULL PRIMARY KEY,
    at REAL NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    subject TEXT NOT NULL,
    project TEXT NOT NULL,
    detail TEXT NOT NULL
) STRICT;
