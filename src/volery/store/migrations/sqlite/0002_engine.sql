-- The engine, complete: owners, times, slots, gates, calls, the cache, queues.
--
-- driver: the owner of the family, '' for nobody; it stands in every row that is asked for by owner,
-- so that a look costs what concerns the owner, and nothing of what others drive or have left behind.

-- gone: nothing that the owner reports counts any more.
CREATE TABLE owners (
    id TEXT NOT NULL PRIMARY KEY,
    pool TEXT NOT NULL,
    expires REAL NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1))
) STRICT;

CREATE INDEX living_owners ON owners (id) WHERE gone = 0;

CREATE INDEX owners_by_pool ON owners (pool, gone);

-- Nobody who drives this database has taken this step with it.
INSERT INTO owners (id, pool, expires, gone)
SELECT id, '', 0, 1 FROM (
    SELECT owner AS id FROM executions WHERE owner IS NOT NULL
    UNION
    SELECT owner FROM attempts WHERE owner IS NOT NULL
);

-- options: NULL where nothing was said. queue, most, when_full: the limit that it shares.
ALTER TABLE executions ADD COLUMN options BLOB;
ALTER TABLE executions ADD COLUMN max_parallelism INTEGER;
ALTER TABLE executions ADD COLUMN queue TEXT;
ALTER TABLE executions ADD COLUMN most INTEGER;
ALTER TABLE executions ADD COLUMN when_full TEXT
    CHECK (when_full IN ('queue', 'skip', 'replace'))
    CHECK ((queue IS NULL) = (when_full IS NULL))
    CHECK ((queue IS NULL) = (most IS NULL));

CREATE INDEX executions_of_owner ON executions (owner, phase, serial) WHERE owner IS NOT NULL;

CREATE INDEX families ON executions (root);

CREATE INDEX running_queues ON executions (queue, serial)
    WHERE queue IS NOT NULL AND phase = 'RUNNING';

-- aborts: how often somebody asked for one. wake_at: when the scope is woken if nothing else does.
ALTER TABLE scopes ADD COLUMN aborts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE scopes ADD COLUMN wake_at REAL;
ALTER TABLE scopes ADD COLUMN driver TEXT NOT NULL DEFAULT '';

DROP INDEX dirty_scopes;

UPDATE scopes SET
    aborts = CASE WHEN abort IS NULL THEN 0 ELSE 1 END,
    driver = COALESCE((SELECT owner FROM executions WHERE id = scopes.root), '');

CREATE INDEX dirty_scopes ON scopes (driver, root) WHERE wake_seq > planned_seq;

CREATE INDEX sleeping_scopes ON scopes (driver, wake_at) WHERE wake_at IS NOT NULL;

-- element: number of the first element, for children of maps. until: it has to have ended by then.
-- signal: the value that a gate was given. reuse: where outputs that were not made come from.
CREATE TABLE new_nodes (
    execution TEXT NOT NULL,
    path TEXT NOT NULL,
    scope TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (
        kind IN ('task', 'workflow', 'launch_plan', 'branch', 'map', 'gate', 'dynamic', 'eager')
    ),
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
    element INTEGER,
    until REAL,
    signal BLOB,
    reuse BLOB,
    PRIMARY KEY (execution, path),
    FOREIGN KEY (execution, scope) REFERENCES scopes (execution, path),
    CHECK ((phase IN ('PENDING', 'RUNNING')) = (ended IS NULL)),
    CHECK (child IS NULL OR kind = 'launch_plan'),
    CHECK (signal IS NULL OR kind = 'gate'),
    CHECK (reuse IS NULL OR phase = 'SUCCEEDED')
) STRICT, WITHOUT ROWID;

-- What follows the path of the scope is the id of the node: of an element, [7] or [0:256].
INSERT INTO new_nodes (
    execution, path, scope, kind, phase, seq, attempt, user_failures, system_failures, failure,
    child, created, ended, element
)
SELECT execution, path, scope, kind, phase, seq, attempt, user_failures, system_failures, failure,
       child, created, ended,
       CASE WHEN substr(path, length(scope) + 1, 1) = '['
            THEN CAST(substr(path, length(scope) + 2) AS INTEGER) END
FROM nodes;

DROP TABLE nodes;

ALTER TABLE new_nodes RENAME TO nodes;

CREATE INDEX children ON nodes (execution, scope, seq);

CREATE INDEX elements ON nodes (execution, scope, element, path) WHERE element IS NOT NULL;

-- ready: it is in the outbox until somebody takes it. slot: it takes up one of its execution's
-- max_parallelism. stop: it has to be stopped, and why. stop_at: when it will have to be, if it
-- goes on as it is. graph: digest of the bundle that it emitted.
CREATE TABLE new_attempts (
    execution TEXT NOT NULL,
    path TEXT NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    root TEXT NOT NULL,
    driver TEXT NOT NULL,
    place INTEGER NOT NULL,
    priority INTEGER NOT NULL DEFAULT 0,
    ready INTEGER NOT NULL DEFAULT 1 CHECK (ready IN (0, 1)),
    slot INTEGER NOT NULL DEFAULT 0 CHECK (slot IN (0, 1)),
    phase TEXT NOT NULL DEFAULT 'LAUNCHING'
        CHECK (phase IN ('LAUNCHING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'ABORTED', 'LOST')),
    owner TEXT,
    stop TEXT CHECK (stop IN ('abort', 'timeout')),
    failure BLOB,
    elements BLOB,
    graph TEXT,
    due REAL NOT NULL DEFAULT 0,
    deadline REAL,
    until REAL,
    stop_at REAL,
    created REAL NOT NULL,
    started REAL,
    ended REAL,
    PRIMARY KEY (execution, path, number),
    FOREIGN KEY (execution, path) REFERENCES nodes (execution, path),
    CHECK ((phase IN ('LAUNCHING', 'RUNNING')) = (ended IS NULL)),
    CHECK (owner IS NOT NULL OR phase IN ('LAUNCHING', 'ABORTED', 'FAILED')),
    CHECK (phase <> 'RUNNING' OR started IS NOT NULL),
    CHECK (owner IS NOT NULL OR stop IS NULL),
    CHECK (owner IS NULL OR ready = 1),
    CHECK (slot = 0 OR (ready = 1 AND ended IS NULL)),
    CHECK (stop_at IS NULL OR ended IS NULL)
) STRICT, WITHOUT ROWID;

INSERT INTO new_attempts (
    execution, path, number, root, driver, place, phase, owner, stop, failure, elements, created,
    started, ended
)
SELECT execution, path, number, root,
       COALESCE((SELECT owner FROM executions WHERE id = attempts.root), ''),
       place, phase, owner, CASE WHEN flagged = 1 THEN 'abort' END, failure, elements, created,
       started, ended
FROM attempts;

DROP TABLE attempts;

ALTER TABLE new_attempts RENAME TO attempts;

-- The outbox, in the order that it is taken in: of one family, which what others wait for must not
-- slow down, and of all that an owner drives.
CREATE INDEX outbox ON attempts (driver, priority DESC, created, place)
    WHERE owner IS NULL AND phase = 'LAUNCHING' AND ready = 1;

CREATE INDEX outbox_of_family ON attempts (root, priority DESC, created, place)
    WHERE owner IS NULL AND phase = 'LAUNCHING' AND ready = 1;

CREATE INDEX attempts_put_off ON attempts (execution, priority DESC, created, place)
    WHERE phase = 'LAUNCHING' AND ready = 0;

CREATE INDEX slots ON attempts (execution) WHERE slot = 1;

CREATE INDEX held_attempts ON attempts (driver, root)
    WHERE owner IS NOT NULL AND phase IN ('LAUNCHING', 'RUNNING');

CREATE INDEX attempts_to_stop ON attempts (owner)
    WHERE stop IS NOT NULL AND phase IN ('LAUNCHING', 'RUNNING');

CREATE INDEX deadlines ON attempts (driver, stop_at) WHERE stop_at IS NOT NULL;

-- Executions with attempts that are not ready. due: when to look at them; NULL: when one of the
-- others has ended.
CREATE TABLE put_off (
    execution TEXT NOT NULL PRIMARY KEY REFERENCES executions (id),
    root TEXT NOT NULL,
    driver TEXT NOT NULL,
    due REAL
) STRICT, WITHOUT ROWID;

CREATE INDEX put_off_by_time ON put_off (driver, due) WHERE due IS NOT NULL;

-- What functions of eager tasks have called, in order. path: of the call's node execution. seq: the
-- wake_seq that it gave its scope.
CREATE TABLE calls (
    serial INTEGER NOT NULL PRIMARY KEY,
    execution TEXT NOT NULL,
    path TEXT NOT NULL,
    scope TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    entity_kind TEXT NOT NULL CHECK (entity_kind IN ('task', 'workflow', 'launch_plan')),
    entity_name TEXT NOT NULL,
    bundle TEXT NOT NULL REFERENCES bundles (digest),
    inputs BLOB NOT NULL,
    UNIQUE (execution, path),
    FOREIGN KEY (execution, scope) REFERENCES scopes (execution, path)
) STRICT;

CREATE INDEX calls_by_scope ON calls (execution, scope, seq, serial);

-- parts: what the key is a digest of. execution, path: what made the outputs.
CREATE TABLE cache (
    key TEXT NOT NULL PRIMARY KEY,
    task TEXT NOT NULL,
    parts BLOB NOT NULL,
    outputs BLOB NOT NULL,
    execution TEXT NOT NULL,
    path TEXT NOT NULL,
    created REAL NOT NULL,
    expires REAL
) STRICT;

CREATE INDEX cache_by_task ON cache (task, created DESC, key);

-- Who is filling an entry of the cache: a node execution.
CREATE TABLE reservations (
    key TEXT NOT NULL PRIMARY KEY,
    execution TEXT NOT NULL,
    path TEXT NOT NULL,
    FOREIGN KEY (execution, path) REFERENCES nodes (execution, path)
) STRICT, WITHOUT ROWID;

CREATE INDEX reservations_by_holder ON reservations (execution, path);

-- Scopes to be woken when a reservation ends.
CREATE TABLE waits (
    key TEXT NOT NULL,
    execution TEXT NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (key, execution, path),
    FOREIGN KEY (execution, path) REFERENCES scopes (execution, path)
) STRICT, WITHOUT ROWID;
