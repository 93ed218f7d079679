-- Counts. What the indexes are for is said in ../sqlite/0006_counts.sql.

CREATE INDEX reused_nodes ON nodes (execution, substr(reuse, 1, 8)) WHERE reuse IS NOT NULL;

CREATE INDEX retried_nodes ON nodes (execution, attempt) WHERE attempt > 1;
