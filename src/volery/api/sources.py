"""What a server tells of itself: journal lines for streams, numbers for metrics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from volery.api.metrics import Sample
from volery.services.server import Server
from volery.store.base import Line
from volery.store.gauges import Gauges
from volery.store.lineage import Traces
from volery.store.search import Search


class ServerLines:
    """See `sse.Lines`. The store of a server is another one after it was lost."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def latest(self, roots: Sequence[str]) -> Mapping[str, int]:
        return Search(self._server.store.database).latest(roots)

    def journal(self, root: str, after: int, limit: int) -> list[Line]:
        return self._server.store.journal(root, after, limit)


MOST_BEHIND = 1000
"""So many families are counted that lineage has not read to their end."""

_BACKLOG = {
    "attempts_under_way": "Attempts that somebody carries out.",
    "outbox": "Attempts that wait for somebody to take them.",
    "dirty_scopes": "Scopes that wait to be planned.",
}


def samples(server: Server) -> Iterable[Sample]:
    """What a server knows of itself, as metrics."""
    health = server.health()
    yield Sample("ready", "Whether the server can do its work.", float(health.ok))
    for check in health.checks:
        label = ("check", check.name)
        yield Sample("check_ok", "Whether something works.", float(check.ok), label)
    if not health.ok:  # there may be nobody to ask
        return
    gauges = Gauges(server.store.database)
    for phase, count in gauges.executions().items():
        yield Sample("executions", "Executions by phase.", count, ("phase", phase))
    for name, count in gauges.backlog().items():
        yield Sample(name, _BACKLOG[name], count)
    behind = len(Traces(server.store.database).pending(MOST_BEHIND))
    yield Sample(
        "families_to_trace", f"Families that lineage has to read, up to {MOST_BEHIND}.", behind
    )
