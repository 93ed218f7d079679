"""Rules that every change of phase keeps, whatever store carries it in."""

from __future__ import annotations

from collections.abc import Iterable

from volery.engine.model import LEGAL_MOVES, AttemptEnded, AttemptPhase, Fact, Phase
from volery.errors import NotFound
from volery.ids import range_of
from volery.ir.failure import TIMED_OUT, Failure
from volery.store.base import Line, NewExecution


def no_scope(execution: str, path: str) -> NotFound:
    """The error for a scope that does not exist."""
    return NotFound(f"execution {execution} has no scope {path!r}")


class IllegalMove(AssertionError):
    """A plan or a report broke a rule: a bug in Volery. The text tells what led to it."""


def illegal_move(
    execution: str, path: str, old: Phase | None, new: Phase, story: Iterable[Line]
) -> IllegalMove:
    """The error for a move that `LEGAL_MOVES` does not have.

    `old` is None where there is no such node execution; `story` is the journal of its past.
    """
    told = [f"  {line.seq:>6}  {line.attempt}  {line.event}  {line.detail}" for line in story]
    past = "\n".join(["it came to this so:", *told]) if told else "nothing is known of its past"
    return IllegalMove(f"{execution}:{path or '(execution)'} {old} -> {new} is illegal; {past}")


def is_legal(old: Phase | None, new: Phase) -> bool:
    """Whether a node execution may make this move; one without a phase (None) makes none."""
    return old is not None and new in LEGAL_MOVES[old]


def check_outputs(execution: str, path: str, phase: str, outputs: bytes | None) -> None:
    """Outputs are there if and only if the phase is SUCCEEDED. Raises IllegalMove."""
    if (phase == Phase.SUCCEEDED) != (outputs is not None):
        there = "without" if outputs is None else "with"
        raise IllegalMove(f"{execution}:{path or '(execution)'} ended {phase} {there} outputs")


def check_report(fact: Fact) -> None:
    """An attempt that ended is in a terminal phase, with outputs to match. Raises IllegalMove.

    What the function of a dynamic task gives is a graph, which then stands for its outputs.
    """
    if not isinstance(fact, AttemptEnded):
        return
    if not fact.phase.terminal:
        raise IllegalMove(f"{fact.execution}:{fact.path} is said to have ended {fact.phase}")
    if fact.outputs is not None and fact.graph is not None:
        raise IllegalMove(f"{fact.execution}:{fact.path} ended with outputs and with a graph")
    given = fact.graph if fact.outputs is None else fact.outputs
    check_outputs(fact.execution, fact.path, fact.phase, given)


def timed_out(
    execution: str, path: str, deadline: float | None, until: float | None, at: float
) -> Failure:
    """The failure of an attempt that nobody had taken when its time was over. See `Launch`."""
    if until is not None and until <= at and (deadline is None or until <= deadline):
        message = "it took longer in all than it may, and its last attempt had not begun"
    else:
        message = "it did not begin in the time that it may wait"
    return Failure(TIMED_OUT, "USER", message, path=path, execution=execution, retryable=False)


def replaced_by(execution: str) -> str:
    """The reason of the abort of an execution that makes room for another."""
    return f"replaced by {execution}"


def stop_at(deadline: float | None, until: float | None) -> float | None:
    """When an attempt that has not begun is stopped: at what comes first. None: never."""
    if deadline is None or until is None:
        return until if deadline is None else deadline
    return min(deadline, until)


def first_element(id: str) -> int | None:
    """The number of the first element that a child of a map covers; None for other nodes."""
    return range_of(id)[0] if id.startswith("[") else None


def check_launch(
    execution: str, path: str, attempt: int, newest: int, newest_phase: AttemptPhase | None
) -> None:
    """An attempt follows the newest without a gap, when that one failed. Raises IllegalMove.

    One that SUCCEEDED is the last: its outputs stand, and others may have read them.
    """
    over = newest_phase is not None and newest_phase.terminal
    if attempt != newest + 1 or not over or newest_phase is AttemptPhase.SUCCEEDED:
        raise IllegalMove(
            f"{execution}:{path} cannot launch attempt {attempt}:"
            f" the newest so far is {newest} ({newest_phase})"
        )


def no_room(new: NewExecution, path: str) -> Failure:
    """Why the launch plan node at `path` fails whose execution its queue has skipped."""
    return Failure(
        "Skipped",
        "USER",
        f"launch plan {new.entity.name} has as many executions under way as it may",
        path=path,
        execution="" if new.parent is None else new.parent[0],
        retryable=False,
    )
