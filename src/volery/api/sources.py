"""What a server tells of itself: journal lines for streams, numbers for metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from time import monotonic

from volery.api.metrics import Sample
from volery.services.server import Server
from volery.store.base import Line
from volery.store.execution_lines import ExecutionLines
from volery.store.gauges import Gauges
from volery.store.lineage import Traces
from volery.store.search import Search
from volery.wire.news import ExecutionEvent


class ServerLines:
    """See `sse.Lines`. The store of a server is another one after it was lost."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def latest(self, roots: Sequence[str]) -> Mapping[str, int]:
        return Search(self._server.store.database).latest(roots)

    def journal(self, root: str, after: int, limit: int) -> list[Line]:
        return self._server.store.journal(root, after, limit)


class ServerNews:
    """See `news.Lines`; the same."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @property
    def in_order(self) -> bool:
        return self._lines.in_order

    def latest(self) -> int:
        return self._lines.latest()

    def after(self, seq: int, limit: int) -> list[ExecutionEvent]:
        return self._lines.after(seq, limit)

    @property
    def _lines(self) -> ExecutionLines:
        return ExecutionLines(self._server.store.database)


MOST_BEHIND = 1000
"""So many families are counted that lineage has not read to their end."""

_BACKLOG = {
    "attempts_under_way": "Attempts that somebody carries out.",
    "outbox": "Attempts that wait for somebody to take them.",
    "dirty_scopes": "Scopes that wait to be planned.",
    "due_instants": "Instants of schedules that have come, and that nothing was started for yet.",
}


RARELY = 100.0
"""Counting all executions takes at most one part of so many of the time."""


class ServerMetrics:
    """What a server knows of itself, as metrics."""

    def __init__(self, server: Server, timer: Callable[[], float] = monotonic) -> None:
        self._server = server
        self._timer = timer
        self._ended: dict[str, int] = {}
        self._again = 0.0

    def samples(self) -> Iterable[Sample]:
        """See `metrics.metrics`."""
        health = self._server.health()
        yield Sample("ready", "Whether the server can do its work.", float(health.ok))
        for check in health.checks:
            label = ("check", check.name)
            yield Sample("check_ok", "Whether something works.", float(check.ok), label)
        if not health.ok:  # there may be nobody to ask
            return
        database = self._server.store.database
        gauges = Gauges(database)
        for phase, count in self._executions(gauges).items():
            yield Sample("executions", "Executions by phase.", count, ("phase", phase))
        for name, count in gauges.backlog().items():
            yield Sample(name, _BACKLOG[name], count)
        behind = len(Traces(database).pending(MOST_BEHIND))
        yield Sample(
            "families_to_trace", f"Families that lineage has to read, up to {MOST_BEHIND}.", behind
        )

    def _executions(self, gauges: Gauges) -> dict[str, int]:
        """By phase: those that go on as of now, others as of the last time they were counted."""
        began = self._timer()
        if began >= self._again:
            self._ended = gauges.executions()
            ended = self._timer()
            self._again = ended + RARELY * (ended - began)
        return self._ended | {"RUNNING": gauges.running()}
