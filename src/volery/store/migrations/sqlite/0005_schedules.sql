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
