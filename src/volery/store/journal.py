"""What the journal says about each change.

Every store takes its lines from here, so that two stores with the same past have the same journal.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from volery.engine.model import (
    BODY,
    AttemptEnded,
    AttemptPhase,
    AttemptStarted,
    Called,
    Fact,
    Phase,
    Reuse,
)
from volery.ids import ROOT, join
from volery.ir.failure import Failure
from volery.store.base import Claim, Commit, Line

ABORT = "ABORT"
SIGNAL = "SIGNAL"
STALE = "STALE"
TAKEN = "TAKEN"
TIMEOUT = "TIMEOUT"
_PHASES = frozenset(map(str, Phase))


class Entry(NamedTuple):
    """A `Line` before the store has numbered and dated it."""

    execution: str
    path: str
    attempt: int
    event: str
    detail: str = ""


def began(execution: str) -> Entry:
    """An execution was created."""
    return Entry(execution, ROOT, 0, str(Phase.RUNNING))


def planned(commit: Commit, at: float) -> list[Entry]:
    """Node executions were created and moved, attempts launched.

    The launch of a first attempt has no line: the node execution's RUNNING says it.
    """
    execution, scope = commit.execution, commit.path
    origins = {id: _origin(reuse) for id, _, reuse in commit.give if reuse is not None}
    entries: list[Entry] = []
    for changes in (commit.move, commit.create):
        for each in changes:
            detail = origins.get(each.id) or _reason(each.failure)
            entries.append(Entry(execution, join(scope, each.id), 0, str(each.phase), detail))
    for launch in commit.launch:
        if launch.attempt > 1:
            path = join(scope, launch.id)
            wait = f"in {launch.due - at:.1f} s" if launch.due > at else ""
            launching = str(AttemptPhase.LAUNCHING)
            entries.append(Entry(execution, path, launch.attempt, launching, wait))
    return entries


def ended(execution: str, path: str, phase: Phase, failure: Failure | None) -> Entry:
    """A scope ended, and with it the node execution or the execution that it belongs to."""
    return Entry(execution, path, 0, str(phase), _reason(failure))


def abort_asked(execution: str, path: str, attempt: int, reason: str) -> Entry:
    """An attempt, a scope or (path ``""``) an execution was asked to stop."""
    return Entry(execution, path, attempt, ABORT, _first_line(reason))


def never_began(execution: str, path: str, attempt: int, reason: str) -> Entry:
    """An attempt was aborted before anybody had taken it."""
    return Entry(execution, path, attempt, str(AttemptPhase.ABORTED), _first_line(reason))


def signalled(execution: str, path: str) -> Entry:
    """A gate was given what it waits for."""
    return Entry(execution, path, 0, SIGNAL)


def timed_out(execution: str, path: str, attempt: int) -> Entry:
    """An attempt that somebody owns takes too long and is stopped."""
    return Entry(execution, path, attempt, TIMEOUT)


def taken_over(claim: Claim, owner: str) -> Entry:
    """An attempt goes on, and an owner has taken it over from one that is gone."""
    return Entry(claim.execution, claim.path, claim.attempt, TAKEN, owner)


def never_began_in_time(execution: str, path: str, attempt: int, failure: Failure) -> Entry:
    """An attempt was given up before anybody had taken it."""
    return Entry(execution, path, attempt, str(AttemptPhase.FAILED), _reason(failure))


def reported(fact: AttemptStarted | AttemptEnded) -> Entry:
    """A fact that counted. A call has no line: the RUNNING of its node execution says it."""
    match fact:
        case AttemptStarted(execution, path, attempt):
            return Entry(execution, path, attempt, str(AttemptPhase.RUNNING))
        case AttemptEnded():
            reason = _reason(fact.failure)
            return Entry(fact.execution, fact.path, fact.attempt, str(fact.phase), reason)


def stale(fact: Fact) -> Entry:
    """A fact that changed nothing."""
    match fact:
        case Called():
            path = join(fact.path, BODY)
            return Entry(fact.execution, path, fact.attempt, STALE, f"call {fact.call}")
        case AttemptEnded():
            return Entry(fact.execution, fact.path, fact.attempt, STALE, str(fact.phase))
        case AttemptStarted():
            running = str(AttemptPhase.RUNNING)
            return Entry(fact.execution, fact.path, fact.attempt, STALE, running)


def fold(lines: Iterable[Line]) -> dict[tuple[str, str], Phase]:
    """The phase of each execution (path ``""``) and node execution, from the journal alone."""
    phases: dict[tuple[str, str], Phase] = {}
    for line in lines:
        if line.attempt == 0 and line.event in _PHASES:
            phases[line.execution, line.path] = Phase(line.event)
    return phases


def _origin(reuse: Reuse) -> str:
    return f"{reuse.how} from {reuse.execution}:{reuse.path}"


def _reason(failure: Failure | None) -> str:
    return "" if failure is None else _first_line(failure.message)


def _first_line(text: str) -> str:
    return text.partition("\n")[0]
