-- The foundation: bundles, executions, scopes, node executions, attempts, the journal.
--
-- Times are seconds since the epoch. BLOBs named record are value records; other BLOBs are
-- MessagePack. Hot rows are small: records stand in tables of their own, because changing a
-- counter rewrites the whole row that it stands in.

CREATE TABLE bundles (
    digest TEXT NOT NULL PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- serial: order of creation, for pages. owner: kept in the row of the family's root alone.
CREATE TABLE executions (
    serial INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    project TEXT NOT NULL,
    domain TEXT NOT NULL,
    entity_kind TEXT NOT NULL CHECK (entity_kind IN ('task', 'workflow', 'launch_plan')),
    entity_name TEXT NOT NULL,
    bundle TEXT NOT NULL REFERENCES bundles (digest),
    root TEXT NOT NULL REFERENCES executions (id),
    parent_execution TEXT,
    parent_path TEXT,
    owner TEXT,
    labels BLOB NOT NULL,
    phase TEXT NOT NULL DEFAULT 'RUNNING'
        CHECK (phase IN ('RUNNING', 'SUCCEEDED', 'FAILED', 'SKIPPED', 'ABORTED')),
    failure BLOB,
    created REAL NOT NULL,
    ended REAL,
    CHECK ((phase = 'RUNNING') = (ended IS NULL)),
    CHECK ((parent_execution IS NULL) = (parent_path IS NULL)),
    CHECK ((root = id) = (parent_execution IS NULL)),
    CHECK (owner IS NULL OR root = id),
    FOREIGN KEY (parent_execution, parent_path) REFERENCES nodes (execution, path)
) STRICT;

CREATE INDEX executions_by_phase ON executions (phase);

CREATE TABLE scopes (
    execution TEXT NOT NULL REFERENCES executions (id),
    path TEXT NOT NULL,
    root TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 0,
    wake_seq INTEGER NOT NULL DEFAULT 1,
    planned_seq INTEGER NOT NULL DEFAULT 0,
    state BLOB NOT NULL,
    abort TEXT,
    PRIMARY KEY (execution, path),
    CHECK (planned_seq <= wake_seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX dirty_scopes ON scopes (root) WHERE wake_seq > planned_seq;

-- scope: path of the scope above. seq: its wake_seq at the last change by a fact, 0 before any.
-- attempt: number of the newest, 0 without any. child: the execution that was started.
CREATE TABLE nodes (
    execution TEXT NOT NULL,
    path TEXT NOT NULL,
    scope TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('task', 'workflow', 'launch_plan', 'branch', 'map')),
    phase TEXT NOT NULL
        CHECK (phase IN ('PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'SKIPPED', 'ABORTED')),
    seq INTEGER NOT NULL DEFAULT 0,
    attempt INTEGER NOT NULL,
    user_failures INTEGER NOT NULL,
    system_failures INTEGER NOT NULL,
    failure BLOB,
    child TEXT REFERENCES executions (id),
    created REAL NOT NULL,
    ended REAL,
    PRIMARY KEY (execution, path),
    FOREIGN KEY (execution, scope) REFERENCES scopes (execution, path),
    CHECK ((phase IN ('PENDING', 'RUNNING')) = (ended IS NULL)),
    CHECK (child IS NULL OR kind = 'launch_plan')
) STRICT, WITHOUT ROWID;

CREATE INDEX children ON nodes (execution, scope, seq);

-- place: order among the attempts that one commit launched. flagged: has to be aborted.
CREATE TABLE attempts (
    execution TEXT NOT NULL,
    path TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    root TEXT NOT NULL,
    place INTEGER NOT NULL,
    phase TEXT NOT NULL DEFAULT 'LAUNCHING'
        CHECK (phase IN ('LAUNCHING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'ABORTED', 'LOST')),
    owner TEXT,
    flagged INTEGER NOT NULL DEFAULT 0 CHECK (flagged IN (0, 1)),
    failure BLOB,
    elements BLOB,
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    PRIMARY KEY (execution, path, number),
    FOREIGN KEY (execution, path) REFERENCES nodes (execution, path),
    CHECK ((phase IN ('LAUNCHING', 'RUNNING')) = (ended IS NULL)),
    CHECK (owner IS NOT NULL OR phase IN ('LAUNCHING', 'ABORTED')),
    CHECK (phase <> 'RUNNING' OR started IS NOT NULL),
    CHECK (owner IS NOT NULL OR flagged = 0)
) STRICT, WITHOUT ROWID;

-- The outbox, oldest first: of one family, which what others wait for must not slow down, and of
-- all.
CREATE INDEX outbox ON attempts (root, created, place)
    WHERE owner IS NULL AND phase = 'LAUNCHING';

CREATE INDEX outbox_of_all ON attempts (created, place)
    WHERE owner IS NULL AND phase = 'LAUNCHING';

CREATE INDEX held_attempts ON attempts (root)
    WHERE owner IS NOT NULL AND phase IN ('LAUNCHING', 'RUNNING');

CREATE INDEX flagged_attempts ON attempts (owner)
    WHERE flagged = 1 AND phase IN ('LAUNCHING', 'RUNNING');

-- Input records of scopes.
CREATE TABLE inputs (
    execution TEXT NOT NULL,
    path TEXT NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (execution, path),
    FOREIGN KEY (execution, path) REFERENCES scopes (execution, path)
) STRICT, WITHOUT ROWID;

-- Output records by node execution (path '': of the execution): at most one each.
CREATE TABLE outputs (
    execution TEXT NOT NULL,
    path TEXT NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY (execution, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
    seq INTEGER NOT NULL PRIMARY KEY,
    root TEXT NOT NULL,
    execution TEXT NOT NULL,
    path TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    event TEXT NOT NULL,
    at REAL NOT NULL,
    detail TEXT NOT NULL
) STRICT;

CREATE INDEX journal_by_root ON journal (root);
