-- Notices. What columns and indexes are for is said in ../sqlite.

CREATE TABLE notices (
    execution TEXT COLLATE "C" NOT NULL REFERENCES executions (id),
    number INTEGER NOT NULL CHECK (number > 0),
    channel TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    phase TEXT COLLATE "C" NOT NULL DEFAULT 'waiting'
        CHECK (phase IN ('waiting', 'sent', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    due DOUBLE PRECISION,
    sent DOUBLE PRECISION,
    error TEXT COLLATE "C" NOT NULL DEFAULT '',
    PRIMARY KEY (execution, number),
    CHECK ((phase = 'waiting') = (due IS NOT NULL)),
    CHECK ((phase = 'sent') = (sent IS NOT NULL)),
    CHECK (phase = 'waiting' OR attempts > 0)
);

CREATE INDEX notices_by_time ON notices (due, execution, number) WHERE phase = 'waiting';

CREATE INDEX executions_to_tell_of ON executions (ended) WHERE notify = 1 AND ended IS NOT NULL;

CREATE INDEX nodes_by_child ON nodes (child) WHERE child IS NOT NULL;
