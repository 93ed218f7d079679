"""Following: how far executions are, scope by scope, for pages that stay open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from volery.clock import Clock
from volery.engine.definitions import MapDefinition
from volery.engine.model import AttemptPhase, Phase, ScopeState
from volery.errors import CallError, NotFound
from volery.ids import ROOT, split
from volery.services import shown
from volery.services.cells import cells_of
from volery.services.context import Contexts
from volery.services.sight import Sight, child_of
from volery.store.base import ExecutionRecord
from volery.store.progress import MOST_ASKED, AttemptSpan, Progress, Span, StatusRow
from volery.wire import progress as wire
from volery.wire.access import Identity

MOST_STATUSES: Final = 20_000
MOST_ROWS: Final = 5_000
"""Of a page."""
MOST_CHANGES: Final = 5_000
"""Lines of the journal that are looked through for what has changed."""
MOST_ATTEMPTS: Final = 1_000
"""Of so many node executions as are asked for together."""
MOST_FAILURES: Final = 200
"""Of a page: they may be long."""
LONGEST: Final = 200
"""Characters of a failure's message."""

_CURSOR: Final = re.compile(r"(\d{1,11}(?:\.\d{1,9})?(?:e[+-]?\d{1,2})?):(.*)", re.DOTALL)


class Following:
    """See the module's text. Any thread may use it.

    Args:
        sight: which executions somebody may see.
        progress: knows how far they are.
        clock: says when.
    """

    def __init__(self, sight: Sight, progress: Progress, clock: Clock) -> None:
        self._sight = sight
        self._progress = progress
        self._clock = clock

    def statuses(
        self, who: Identity, id: str, where: wire.ScopeFilter, limit: int, cursor: str
    ) -> wire.Statuses:
        """See `Backend.statuses`."""
        record = self._sight.record(who, id)
        scopes = _scopes_of(where)
        seq, changed = self._news(record, scopes, where.since)
        found: list[StatusRow] = []
        if where.since is None:
            found = self._progress.in_scopes(id, scopes, cursor, min(limit, MOST_STATUSES) + 1)
        elif changed:
            found = self._progress.at(id, sorted(changed))
        more = where.since is None and len(found) > min(limit, MOST_STATUSES)
        rows = found[:-1] if more else found
        around = self._around(id, rows)
        return wire.Statuses(
            now=self._clock.now(),
            seq=seq,
            phase=_phase(record.phase),
            ended=record.ended,
            statuses=tuple(_status(row, around) for row in rows),
            complete=changed is not None,
            arms=around.arms,
            next=rows[-1].path if more else None,
        )

    def timeline(
        self, who: Identity, id: str, where: wire.ScopeFilter, limit: int, cursor: str
    ) -> wire.Timeline:
        """See `Backend.timeline`."""
        record = self._sight.record(who, id)
        scopes = _scopes_of(where)
        after = _place_of(cursor)
        seq, changed = self._news(record, scopes, where.since)
        found: list[Span] = []
        if where.since is None:
            found = self._progress.by_time(id, scopes, after, min(limit, MOST_ROWS) + 1)
        elif changed:
            found = self._progress.spans_at(id, sorted(changed))
        more = where.since is None and len(found) > min(limit, MOST_ROWS)
        spans = found[:-1] if more else found
        tried = [span.path for span in spans if span.kind == "task" and span.reuse is None]
        attempts = self._progress.attempts(id, tried, MOST_ATTEMPTS)
        return wire.Timeline(
            now=self._clock.now(),
            seq=seq,
            created=record.created,
            ended=record.ended,
            rows=tuple(_row(span, attempts.get(span.path, ())) for span in spans),
            complete=changed is not None,
            next=f"{spans[-1].created!r}:{spans[-1].path}" if more else None,
        )

    def cells(self, who: Identity, id: str, path: str) -> wire.Cells:
        """See `Backend.cells`."""
        record = self._sight.record(who, id)
        seq = self._seq(record)
        state = self._map(id, path)
        cells = cells_of(state.length or 0, self._progress.parts(id, path))
        return wire.Cells(self._clock.now(), seq, state.length, *cells)

    # -- parts ----------------------------------------------------------------------------

    def _seq(self, record: ExecutionRecord) -> int:
        return self._sight.search.latest([record.root]).get(record.root, 0)

    def _news(
        self, record: ExecutionRecord, scopes: Sequence[str], since: int | None
    ) -> tuple[int, set[str] | None]:
        """What to go on from, and what of these scopes has changed; None: too much to tell.

        It is asked before anything else is read, so that what changes meanwhile is told again.
        """
        if since is None:
            return self._seq(record), set()
        found = self._progress.changed(record.root, record.id, since, MOST_CHANGES)
        if found is None:
            return self._seq(record), None
        seq, paths = found
        return seq, _within(paths, frozenset(scopes))

    def _around(self, id: str, rows: Sequence[StatusRow]) -> _Around:
        """What is asked about only some of these node executions."""
        maps = [row.path for row in rows if row.kind == "map"]
        branches = [row.path for row in rows if row.kind == "branch"]
        failed = [row.path for row in rows if row.phase is Phase.FAILED][:MOST_FAILURES]
        gates = [row.path for row in rows if row.kind == "gate" and row.ended is None]
        decided = self._progress.decided(id, [*maps, *branches])
        counted = self._progress.elements(id, maps)
        lengths = {path: decided[path].length for path in maps if path in decided}
        failures = self._progress.failures(id, failed)
        return _Around(
            elements={
                path: _with_pending(counted.get(path, {}), length)
                for path, length in lengths.items()
                if length is not None
            },
            arms={
                path: arm
                for path in branches
                if path in decided and (arm := decided[path].arm) is not None
            },
            failures={
                path: wire.Cause(failure.code, _first_line(failure.message))
                for path, failure in failures.items()
            },
            answered=self._answered(id, gates),
        )

    def _answered(self, id: str, gates: Iterable[str]) -> frozenset[str]:
        """Those of these gates that somebody has to answer."""
        contexts = self._sight.contexts()
        return frozenset(path for path in gates if shown.is_answered(child_of(contexts, id, path)))

    def _map(self, id: str, path: str) -> ScopeState:
        """What a map has decided. Raises NotFound: there is none at this path, or not yet."""
        contexts: Contexts = self._sight.contexts()
        try:
            if isinstance(contexts.get(id, path).definition, MapDefinition):
                return self._sight.store.scope_state(id, path)
        except (NotFound, KeyError):
            pass
        raise NotFound(f"execution {id} has no map {path!r}, or it has not begun")


class _Around(NamedTuple):
    """What is known besides of some node executions, by path."""

    elements: dict[str, dict[str, int]]
    arms: dict[str, int]
    failures: dict[str, wire.Cause]
    answered: frozenset[str]


def _scopes_of(where: wire.ScopeFilter) -> Sequence[str]:
    """The scopes that are meant. Raises CallError: they are too many."""
    scopes = tuple(dict.fromkeys(where.scopes)) or (ROOT,)
    if len(scopes) > MOST_ASKED:
        raise CallError(f"{len(scopes)} scopes; at most {MOST_ASKED} can be asked for together")
    return scopes


def _within(paths: Iterable[str], scopes: frozenset[str]) -> set[str]:
    """What lies directly in these scopes and has one of these paths in it, or is it."""
    found: set[str] = set()
    for path in paths:
        while path != ROOT:
            scope, _ = split(path)
            if scope in scopes:
                found.add(path)
            path = scope  # noqa: PLW2901 - from the inside out
    return found


def _with_pending(counted: dict[str, int], length: int) -> dict[str, int]:
    """Elements by phase; those of which nothing is known are pending."""
    pending = length - sum(counted.values())
    found = {phase: count for phase, count in counted.items() if count}
    return found | ({str(Phase.PENDING): pending} if pending > 0 else {})


def _status(row: StatusRow, around: _Around) -> wire.Status:
    return wire.Status(
        path=row.path,
        kind=row.kind,
        phase=_phase(row.phase),
        created=row.created,
        started=row.started,
        ended=row.ended,
        attempt=row.attempt,
        reuse=row.reuse.how if row.reuse else "",
        waiting=row.path in around.answered and not row.signalled,
        until=row.until if row.ended is None else None,
        child=row.child or "",
        failure=around.failures.get(row.path),
        lost=row.attempt_phase is AttemptPhase.LOST,
        elements=around.elements.get(row.path),
    )


def _row(span: Span, attempts: Iterable[AttemptSpan]) -> wire.TimelineRow:
    return wire.TimelineRow(
        path=span.path,
        kind=span.kind,
        phase=_phase(span.phase),
        created=span.created,
        ended=span.ended,
        reuse=span.reuse.how if span.reuse else "",
        attempts=tuple(map(_attempt, attempts)),
    )


def _attempt(span: AttemptSpan) -> wire.TimelineAttempt:
    return wire.TimelineAttempt(
        number=span.number,
        phase=span.phase.value,
        created=span.created,
        due=span.due if span.due > span.created else None,
        taken=span.taken,
        started=span.started,
        returned=span.returned,
        ended=span.ended,
        by=span.owner or "",
        executor=span.executor,
    )


def _phase(phase: Phase) -> wire.PhaseName:
    return phase.value


def _first_line(text: str) -> str:
    return text.partition("\n")[0][:LONGEST]


def _place_of(cursor: str) -> tuple[float, str]:
    """Where a page begins. Raises CallError."""
    if not cursor:
        return -1.0, ROOT
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise CallError(
            f"{cursor[:100]!r} is no cursor of a timeline", hint="take `next` of the page before"
        )
    return float(match[1]), match[2]
