-- Untraced: families that lineage has to read, found without looking at all that were read.

-- Without statistics the other index of `child` was as good, and a sort came after it.
DROP INDEX untraced;
CREATE INDEX untraced ON executions (child, serial) WHERE child = 0 AND traced >= 0;
