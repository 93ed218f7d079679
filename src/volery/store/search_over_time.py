"""Search: how many executions were started when."""

# ruff: noqa: S608, whatever is put into a statement here is a constant of this package

from __future__ import annotations

from collections import defaultdict

from msgspec.structs import replace

from volery.store.database import Query
from volery.store.search_choosing import Choosing
from volery.store.search_ways import Stretch, Wanted, Way, some_of
from volery.wire.over_time import OverTime

MOST_IN_BUCKET = 20_000
"""So many of a phase are counted in a bucket..."""
MOST_IN_BUCKETS = 1_500_000
"""... and so many in all of them..."""
MOST_READ = 10_000
"""... or, of those that have to be read one by one, so many of the newest."""

# A look at the index for each bucket.
_IN_BUCKETS = """
    WITH RECURSIVE bucket (i) AS (
        SELECT 0 UNION ALL SELECT i + 1 FROM bucket WHERE i + 1 < CAST(? AS INTEGER)
    )
    SELECT i, (
        SELECT COUNT(*) FROM (
            SELECT 1 FROM {}
                AND created >= CAST(? AS DOUBLE PRECISION) + i * CAST(? AS DOUBLE PRECISION)
                AND created < CAST(? AS DOUBLE PRECISION) + (i + 1) * CAST(? AS DOUBLE PRECISION)
            LIMIT ?
        ) AS part
    ) FROM bucket"""

_ONE_BY_ONE = """
    SELECT e.phase, e.created FROM ({}) AS part JOIN executions AS e ON e.serial = part.serial
    WHERE {}"""


class SearchOverTime(Choosing):
    """See the module's text."""

    def over_time(self, wanted: Wanted, since: float, until: float, buckets: int) -> OverTime:
        """Count them by when they were created, as far as that does not take long.

        Args:
            wanted: which executions; what it says of the time counts for nothing.
            since: beginning of the stretch of time.
            until: its end.
            buckets: so many equal parts of it.
        """
        wanted = replace(wanted, where=replace(wanted.where, since=since, until=until))
        way = self.way(wanted)
        if way is None:
            return OverTime(since, until, {}, complete=since)
        if not way.rest and all(stretch.phase for stretch in way.stretches):
            return self._by_index(way, since, until, buckets)
        return self._one_by_one(way, wanted, buckets)

    def _by_index(self, way: Way, since: float, until: float, buckets: int) -> OverTime:
        width = (until - since) / buckets
        most = min(MOST_IN_BUCKET, MOST_IN_BUCKETS // (buckets * len(way.stretches)))

        def asked(stretch: Stretch) -> Query:
            values = (buckets, *stretch.values, since, width, since, width, most + 1)
            return _IN_BUCKETS.format(stretch.source), values

        counts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * buckets)
        capped: set[int] = set()
        found = self._database.read(*map(asked, way.stretches))
        for stretch, rows in zip(way.stretches, found, strict=True):
            for bucket, count in rows:
                counts[stretch.phase][bucket] += min(count, most)
                if count > most:
                    capped.add(bucket)
        return _over_time(since, until, counts, complete=since, capped=capped)

    def _one_by_one(self, way: Way, wanted: Wanted, buckets: int) -> OverTime:
        since, until = wanted.where.since or 0.0, wanted.where.until or 0.0
        most = MOST_READ // len(way.stretches)
        condition, more = way.condition
        counts: defaultdict[str, list[int]] = defaultdict(lambda: [0] * buckets)
        complete = since
        for stretch in way.stretches:
            part, values = some_of(stretch, wanted.where, None, most)
            rows, ((oldest, looked_at),) = self._database.read(
                (_ONE_BY_ONE.format(part, condition), [*values, *more]),
                (f"SELECT MIN(at), COUNT(*) FROM ({part}) AS part", values),
            )
            if looked_at == most:
                complete = max(complete, oldest)
            for phase, created in rows:
                bucket = int((created - since) * buckets / (until - since))
                counts[phase][min(bucket, buckets - 1)] += 1
        return _over_time(since, until, counts, complete=complete, capped=set())


def _over_time(
    since: float, until: float, counts: dict[str, list[int]], *, complete: float, capped: set[int]
) -> OverTime:
    shown = {phase: tuple(some) for phase, some in counts.items() if any(some)}
    return OverTime(since, until, shown, tuple(sorted(capped)), complete)
