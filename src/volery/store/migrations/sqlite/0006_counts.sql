-- Counts: how many node executions were found elsewhere, and how many had to be tried again.

-- What `reuse` begins with says how: see `records.reuse_how`.
CREATE INDEX reused_nodes ON nodes (execution, substr(reuse, 1, 8)) WHERE reuse IS NOT NULL;

CREATE INDEX retried_nodes ON nodes (execution, attempt) WHERE attempt > 1;
