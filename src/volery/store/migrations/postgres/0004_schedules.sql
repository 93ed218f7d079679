-- Schedules. What columns are for is said in ../sqlite.

CREATE TABLE schedules (
    project TEXT COLLATE "C" NOT NULL,
    domain TEXT COLLATE "C" NOT NULL,
    plan TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    schedule BYTEA,
    next DOUBLE PRECISION,
    last DOUBLE PRECISION,
    execution TEXT COLLATE "C",
    revision INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (project, domain, plan),
    FOREIGN KEY (project, domain, plan) REFERENCES active_plans (project, domain, name)
        ON DELETE CASCADE,
    CHECK (next IS NULL OR schedule IS NOT NULL),
    CHECK ((last IS NULL) = (execution IS NULL))
) WITH (fillfactor = 70);

CREATE INDEX due_schedules ON schedules (next) WHERE next IS NOT NULL;

CREATE TABLE due_instants (
    project TEXT COLLATE "C" NOT NULL,
    domain TEXT COLLATE "C" NOT NULL,
    plan TEXT COLLATE "C" NOT NULL,
    at DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (project, domain, plan, at),
    FOREIGN KEY (project, domain, plan) REFERENCES schedules (project, domain, plan)
        ON DELETE CASCADE
);
