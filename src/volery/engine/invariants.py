"""What is always true of an execution, whatever happened to the processes that drove it.

Checked after every test of the engine and every simulated run, on a picture of the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from volery.engine.model import AttemptPhase, Phase
from volery.ids import ROOT, split


class Step(msgspec.Struct, frozen=True):
    """A node execution.

    Attributes:
        attempts: the phases of its attempts, in order.
        scope: whether it has one.
        outputs: whether there are any.
        waits: whether it may be RUNNING without an open attempt: it is a gate, or others may be
            filling the cache for it.
        emits: whether it is the function of a dynamic task, which gives a graph and no outputs.
        child: the phase of the execution that it has started; None: it has started none.
    """

    path: str
    phase: Phase
    attempts: tuple[AttemptPhase, ...]
    scope: bool
    outputs: bool
    waits: bool = False
    emits: bool = False
    child: Phase | None = None


class Event(msgspec.Struct, frozen=True):
    """A phase that the journal says a node execution entered."""

    path: str
    phase: Phase


class Picture(msgspec.Struct, frozen=True):
    """One execution.

    Attributes:
        phase, outputs: of the execution itself.
        dirty: paths of scopes with facts that no plan has seen.
        waits: for each node execution, the paths whose outputs it uses.
        events: phases of node executions in the order of the journal.
        queues: whether it waits for its turn among others of its launch plan.
    """

    execution: str
    phase: Phase
    outputs: bool
    steps: Mapping[str, Step]
    dirty: frozenset[str]
    waits: Mapping[str, Sequence[str]]
    events: Sequence[Event]
    queues: bool = False


def broken(picture: Picture) -> list[str]:
    """Every rule that the picture breaks, as text; none is good."""
    rules = (
        _outputs_tell_success,
        _one_open_attempt,
        _ended_scopes_are_still,
        _nothing_is_stuck,
        _terminal_is_final,
        _inputs_come_first,
        _journal_folds,
    )
    return [f"{picture.execution}: {text}" for rule in rules for text in rule(picture)]


def _outputs_tell_success(picture: Picture) -> Iterator[str]:
    if picture.outputs != (picture.phase is Phase.SUCCEEDED):
        yield f"the execution is {picture.phase} and its outputs are there: {picture.outputs}"
    for step in picture.steps.values():
        # A task's outputs stand with its attempt, which may be one plan ahead.
        ahead = step.phase is Phase.RUNNING and AttemptPhase.SUCCEEDED in step.attempts[-1:]
        if step.outputs != (not step.emits and (step.phase is Phase.SUCCEEDED or ahead)):
            yield f"{step.path} is {step.phase} and its outputs are there: {step.outputs}"


def _one_open_attempt(picture: Picture) -> Iterator[str]:
    for step in picture.steps.values():
        if any(not phase.terminal for phase in step.attempts[:-1]):
            yield f"{step.path} has an open attempt that is not its newest: {step.attempts}"
        if step.phase.terminal and any(not phase.terminal for phase in step.attempts):
            yield f"{step.path} is {step.phase} with an open attempt: {step.attempts}"


def _ended_scopes_are_still(picture: Picture) -> Iterator[str]:
    for step in picture.steps.values():
        above = split(step.path)[0]
        phase = picture.phase if above == ROOT else picture.steps[above].phase
        if phase.terminal and not step.phase.terminal:
            yield f"{step.path} is {step.phase} in a scope that is {phase}"
        if step.phase.terminal and step.child is not None and not step.child.terminal:
            yield f"{step.path} is {step.phase} and the execution that it has started {step.child}"


def _nothing_is_stuck(picture: Picture) -> Iterator[str]:
    """A scope that goes on is dirty or waits for a child that is itself going on."""
    open_below = {split(step.path)[0] for step in picture.steps.values() if not step.phase.terminal}
    scopes = {ROOT: picture.phase}
    scopes |= {step.path: step.phase for step in picture.steps.values() if step.scope}
    if picture.queues:
        del scopes[ROOT]
    for path, phase in scopes.items():
        if not phase.terminal and path not in picture.dirty and path not in open_below:
            yield f"scope {path!r} is {phase} but nothing will ever wake it"
    for step in picture.steps.values():
        going_on = step.phase.terminal or step.scope or split(step.path)[0] in picture.dirty
        if not going_on and not step.attempts and not step.waits:
            yield f"{step.path} is {step.phase} without an attempt, and waits for nothing"
        if not going_on and step.attempts and step.attempts[-1].terminal and not step.waits:
            yield f"{step.path} has ended its attempt and nobody was woken"


def _terminal_is_final(picture: Picture) -> Iterator[str]:
    ended: set[str] = set()
    for event in picture.events:
        if event.path in ended:
            yield f"{event.path!r} became {event.phase} after it had ended"
        if event.phase.terminal:
            ended.add(event.path)


def _inputs_come_first(picture: Picture) -> Iterator[str]:
    succeeded: set[str] = set()
    begun: set[str] = set()
    for event in picture.events:
        if event.path not in begun:
            begun.add(event.path)
            missing = [path for path in picture.waits.get(event.path, ()) if path not in succeeded]
            if event.phase is Phase.RUNNING and missing:
                yield f"{event.path} began before its inputs {missing} were there"
        if event.phase is Phase.SUCCEEDED:
            succeeded.add(event.path)


def _journal_folds(picture: Picture) -> Iterator[str]:
    folded: dict[str, Phase] = {}
    for event in picture.events:
        folded[event.path] = event.phase
    actual = {path: step.phase for path, step in picture.steps.items()}
    actual[ROOT] = picture.phase
    if folded != actual:
        differing = {
            path: (folded.get(path), actual.get(path))
            for path in folded.keys() | actual.keys()
            if folded.get(path) != actual.get(path)
        }
        yield f"the journal and the tables differ (journal, table): {differing}"
