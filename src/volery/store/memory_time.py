"""What the passing of time does, in the store in memory."""

from __future__ import annotations

from operator import attrgetter

from volery.engine.model import BODY, AttemptPhase
from volery.engine.times import earliest
from volery.store import journal
from volery.store.memory_rows import Attempt, Execution, Family, Scope
from volery.store.memory_tables import Tables
from volery.store.moves import timed_out


def wake(family: Family, at: float) -> float | None:
    """See `Store.wake`, for one family."""
    for scope in family.sleeping.due(at):
        scope.wake()
    due = [_let_in(execution, at) for execution in list(family.put_off)] if family.put_off else []
    times = [family.sleeping.next(), family.deadlines.next(), *due]
    return earliest(times)


def _let_in(execution: Execution, at: float) -> float | None:
    """Make attempts ready that are due, as far as there is room; when to look again."""
    most = execution.new.max_parallelism
    room = len(execution.waiting) if most is None else most - len(execution.slots)
    due = [attempt for attempt in execution.waiting if attempt.launch.due <= at]
    due.sort(key=attrgetter("turn"))
    for attempt in due[: max(0, room)]:
        del execution.waiting[attempt]
        execution.family.put_out(attempt)
        if most is not None and not _mostly_waits(execution, attempt):
            execution.slots[attempt] = None
    if not execution.waiting:
        del execution.family.put_off[execution]
    if most is not None and len(execution.slots) >= most:
        return None  # until an attempt has ended
    return min((attempt.launch.due for attempt in execution.waiting), default=None)


def _mostly_waits(execution: Execution, attempt: Attempt) -> bool:
    """Whether it is the function of an eager task: what it calls needs the room."""
    scope = attempt.node.scope.path
    return bool(scope) and attempt.node.id == BODY and execution.nodes[scope].kind == "eager"


def _turn(attempt: Attempt) -> tuple[float, str, str]:
    """In which order attempts time out."""
    node = attempt.node
    return attempt.stop_at or 0.0, node.scope.execution.new.id, node.path


def time_out(tables: Tables, family: Family, at: float) -> int:
    """See `Store.time_out`, for one family."""
    overdue = sorted(family.deadlines.due(at), key=_turn)
    woken: dict[Scope, int] = {}
    for attempt in overdue:
        node = attempt.node
        key = (node.scope.execution.new.id, node.path, attempt.number)
        if attempt.owner is not None:
            attempt.flag("timeout")
            tables.flagged[attempt] = None
            tables.write(family, at, journal.timed_out(*key))
            continue
        failure = timed_out(*key[:2], attempt.launch.deadline, attempt.launch.until, at)
        attempt.end(AttemptPhase.FAILED, failure, at)
        if node.scope not in woken:
            woken[node.scope] = node.scope.wake()
        node.changed(woken[node.scope])
        tables.write(family, at, journal.never_began_in_time(*key, failure))
    return len(overdue)
