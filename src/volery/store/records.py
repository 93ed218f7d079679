"""Between rows of a table and what the verbs speak of."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from volery.engine.model import AttemptPhase, NodeState, Phase, ScopeState
from volery.ids import split
from volery.ir.failure import Failure
from volery.ir.nodes import Ref
from volery.ir.work import ElementFailure
from volery.store.base import AttemptRecord, ExecutionRecord, NewExecution, NodeRecord

Row = tuple[Any, ...]
"""As a database gives it: the columns of one of the `statements`, in their order."""

Labels = tuple[tuple[str, str], ...]

_encode = msgspec.msgpack.Encoder().encode
_failure = msgspec.msgpack.Decoder(Failure).decode
_elements = msgspec.msgpack.Decoder(tuple[ElementFailure, ...]).decode
_state = msgspec.msgpack.Decoder(ScopeState).decode
_labels = msgspec.msgpack.Decoder(Labels).decode

# A dict gives the member of a phase several times faster than calling the enum does.
_PHASES = {str(phase): phase for phase in Phase}
_ATTEMPT_PHASES = {str(phase): phase for phase in AttemptPhase}


def pack(part: object) -> bytes | None:
    """A structured column; None for what is absent or empty."""
    return _encode(part) if part else None


def phase(text: str) -> Phase:
    """A column that holds a phase."""
    return _PHASES[text]


def failure(data: bytes | None) -> Failure | None:
    """A column that holds a failure."""
    return None if data is None else _failure(data)


def state(data: bytes) -> ScopeState:
    """A column that holds what a scope has decided."""
    return _state(data)


def execution_row(new: NewExecution, at: float) -> Row:
    """The values of `statements.CREATE_EXECUTION`."""
    parent, parent_path = new.parent or (None, None)
    # The owner of a family stands in the row of its root.
    owner = new.owner if new.root == new.id else None
    return (
        new.id,
        new.project,
        new.domain,
        new.entity.kind,
        new.entity.name,
        new.bundle,
        new.root,
        parent,
        parent_path,
        owner,
        _encode(new.labels),
        at,
    )


def execution(row: Row) -> ExecutionRecord:
    """From the columns of `statements.EXECUTION`."""
    id_, project, domain, kind, name, bundle, root, parent, parent_path, owner, *rest = row
    labels, phase_, failure_, created, ended = rest
    return ExecutionRecord(
        id=id_,
        project=project,
        domain=domain,
        entity=Ref(kind, name),
        bundle=bundle,
        root=root,
        parent=None if parent is None else (parent, parent_path),
        owner=owner,
        labels=_labels(labels),
        phase=_PHASES[phase_],
        failure=failure(failure_),
        created=created,
        ended=ended,
    )


def child(row: Row) -> NodeState:
    """From the columns of `statements.CHILDREN`."""
    path, kind, phase_, number, attempt, why, elements, user, system, failure_ = row
    return NodeState(
        split(path)[1],
        kind,
        _PHASES[phase_],
        number,
        None if attempt is None else _ATTEMPT_PHASES[attempt],
        None if why is None else _failure(why),
        () if elements is None else _elements(elements),
        user,
        system,
        None if failure_ is None else _failure(failure_),
    )


def node(row: Row) -> NodeRecord:
    """From the columns of `statements.NODES`."""
    path, kind, phase_, attempt, failure_, child_, created, ended = row
    return NodeRecord(
        path, kind, _PHASES[phase_], attempt, failure(failure_), child_, created, ended
    )


def attempt(row: Row) -> AttemptRecord:
    """From the columns of `statements.ATTEMPTS`."""
    path, number, phase_, owner, failure_, created, started, ended = row
    return AttemptRecord(
        path, number, _ATTEMPT_PHASES[phase_], owner, failure(failure_), created, started, ended
    )


class Current(NamedTuple):
    """A node execution and its newest attempt, as a commit finds them."""

    phase: Phase
    attempt: int
    attempt_phase: AttemptPhase | None
    owner: str | None
    flagged: bool
    child: str | None


def current(row: Row) -> Current:
    """From the columns of `statements.NODE`."""
    phase_, number, attempt, owner, flagged, child_ = row
    return Current(
        _PHASES[phase_],
        number,
        None if attempt is None else _ATTEMPT_PHASES[attempt],
        owner,
        bool(flagged),
        child_,
    )
