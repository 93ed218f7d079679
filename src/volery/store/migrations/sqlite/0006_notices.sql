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

-- An execution that is removed for its age must not be looked for among all node executions.
CREATE INDEX nodes_by_child ON nodes (child) WHERE child IS NOT NULL;
