"""Between rows of a table and what the verbs speak of."""

from __future__ import annotations

from typing import Any, NamedTuple, get_args

import msgspec

from volery.engine.model import (
    AttemptPhase,
    CacheEntry,
    CallState,
    NodeKind,
    NodeState,
    Phase,
    Reuse,
    ReuseHow,
    ScopeState,
)
from volery.ids import digest, split
from volery.ir.failure import Failure
from volery.ir.ref import Ref
from volery.ir.work import ElementFailure
from volery.store.base import (
    AttemptRecord,
    CacheRecord,
    CallRecord,
    ExecutionRecord,
    NewExecution,
    NodeRecord,
    Options,
    OwnerRecord,
    Queue,
    Stop,
)

Row = tuple[Any, ...]
"""As a database gives it: the columns of one of the `statements`, in their order."""

Labels = tuple[tuple[str, str], ...]

LONGEST_MARK = 256
"""Characters of a label that it is found by; of a longer one it is the digest."""

REUSE_BEGINS = 8
"""Bytes of a `Reuse` that say how: indexes have them."""

_encode = msgspec.msgpack.Encoder().encode
_failure = msgspec.msgpack.Decoder(Failure).decode
_elements = msgspec.msgpack.Decoder(tuple[ElementFailure, ...]).decode
_state = msgspec.msgpack.Decoder(ScopeState).decode
_labels = msgspec.msgpack.Decoder(Labels).decode
_options = msgspec.msgpack.Decoder(Options).decode
_reuse = msgspec.msgpack.Decoder(Reuse).decode
_parts = msgspec.msgpack.Decoder(tuple[tuple[str, str], ...]).decode
_NO_OPTIONS = Options()

_HOWS: dict[bytes, ReuseHow] = {
    _encode(Reuse(how, "", ""))[:REUSE_BEGINS]: how for how in get_args(ReuseHow)
}

# A dict gives the member of a phase several times faster than calling the enum does.
_PHASES = {str(phase): phase for phase in Phase}
_ATTEMPT_PHASES = {str(phase): phase for phase in AttemptPhase}


def pack(part: object) -> bytes | None:
    """A structured column; None for what is absent or empty."""
    return _encode(part) if part else None


def phase(text: str) -> Phase:
    """A column that holds a phase."""
    return _PHASES[text]


def attempt_phase(text: str) -> AttemptPhase:
    """A column that holds the phase of an attempt."""
    return _ATTEMPT_PHASES[text]


def reuse(data: bytes | None) -> Reuse | None:
    """A column that holds where outputs come from."""
    return None if data is None else _reuse(data)


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
    queue = new.queue
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
        None if new.options == _NO_OPTIONS else _encode(new.options),
        new.max_parallelism,
        *((None, None, None) if queue is None else (queue.name, queue.most, queue.when_full)),
        new.version,
        pack(new.annotations),
        int(new.notify),
        new.scheduled,
        int(new.parent is not None),
    )


def marks(new: NewExecution) -> list[tuple[str, str]]:
    """Names and values that an execution is found by."""
    return [*(label_mark(*label) for label in new.labels), *new.marks]


def label_mark(key: str, value: str) -> tuple[str, str]:
    """The mark of a label. An index takes no text that is too long."""
    return f"label.{_short(key)}", _short(value)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_MARK else digest(text.encode(errors="replace"))


def execution(row: Row) -> ExecutionRecord:
    """From the columns of `statements.EXECUTION`."""
    id_, project, domain, kind, name, bundle, root, parent, parent_path, owner, *rest = row
    labels, phase_, failure_, created, ended, options, max_parallelism, *rest = rest
    name_, most, when_full, version, annotations, notify, scheduled, _ = rest
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
        options=_read_options(options),
        max_parallelism=max_parallelism,
        queue=_read_queue(name_, most, when_full),
        version=version,
        annotations=() if annotations is None else _labels(annotations),
        notify=bool(notify),
        scheduled=scheduled,
    )


class Standing(NamedTuple):
    """What never changes about an execution, for verbs that need it again and again."""

    root: str
    parent: tuple[str, str] | None
    priority: int
    executor: str
    max_parallelism: int | None
    queue: Queue | None


def standing(row: Row) -> Standing:
    """From the columns of `statements.STANDING`."""
    root, parent, parent_path, packed, max_parallelism, *queue = row
    options = _read_options(packed)
    return Standing(
        root,
        None if parent is None else (parent, parent_path),
        options.priority,
        options.executor,
        max_parallelism,
        _read_queue(*queue),
    )


def _read_options(data: bytes | None) -> Options:
    return _NO_OPTIONS if data is None else _options(data)


def _read_queue(name: str | None, most: int, when_full: Any) -> Queue | None:
    return None if name is None else Queue(name, most, when_full)


def owner(row: Row) -> OwnerRecord:
    """From the columns of `statements.OWNER`."""
    id_, pool, expires, gone = row
    return OwnerRecord(id_, pool, expires, bool(gone))


def child(row: Row) -> NodeState:
    """From the columns of `statements.CHILDREN`."""
    path, kind, phase_, number, attempt, why, elements, user, system, failure_, *rest = row
    until, signal, graph = rest
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
        until,
        signal,
        graph or "",
    )


def node(row: Row) -> NodeRecord:
    """From the columns of `statements.NODES`."""
    path, kind, phase_, attempt, failure_, child_, created, ended, until, origin, signalled = row
    return NodeRecord(
        path,
        kind,
        _PHASES[phase_],
        attempt,
        failure(failure_),
        child_,
        created,
        ended,
        until,
        reuse(origin),
        bool(signalled),
    )


def reuse_how(begins: bytes) -> ReuseHow:
    """What the first bytes of a `Reuse` say."""
    return _HOWS[bytes(begins)]


def attempt(row: Row) -> AttemptRecord:
    """From the columns of `statements.ATTEMPTS`."""
    path, number, phase_, owner_, failure_, created, started, ended, *rest = row
    due, deadline, until, graph, executor, taken, returned = rest
    return AttemptRecord(
        path,
        number,
        _ATTEMPT_PHASES[phase_],
        owner_,
        failure(failure_),
        created,
        started,
        ended,
        due,
        deadline,
        until,
        graph or "",
        executor,
        taken,
        returned,
    )


def call_state(row: Row) -> CallState:
    """From the columns of `statements.CALLS`."""
    path, kind = row
    return CallState(split(path)[1], kind)


def call(row: Row) -> CallRecord:
    """From the columns of `statements.CALL`."""
    path, kind, entity_kind, entity_name, bundle, inputs = row
    return CallRecord(split(path)[1], kind, Ref(entity_kind, entity_name), bundle, inputs)


def cache_row(entry: CacheEntry, at: float) -> Row:
    """The values of `statements.KEEP`."""
    parts = _encode(entry.parts)
    origin = (entry.execution, entry.path)
    return (entry.key, entry.task, parts, entry.outputs, *origin, at, entry.expires)


def cached(row: Row) -> CacheRecord:
    """From the columns of `statements.CACHED`."""
    key, task, parts, outputs, execution_, path, created, expires = row
    entry = CacheEntry(key, task, _parts(parts), outputs, execution_, path, expires)
    return CacheRecord(entry, created)


class Current(NamedTuple):
    """A node execution and its newest attempt, as a verb finds them."""

    kind: NodeKind
    phase: Phase
    attempt: int
    attempt_phase: AttemptPhase | None
    owner: str | None
    stop: Stop | None
    child: str | None
    signalled: bool


def current(row: Row) -> Current:
    """From the columns of `statements.NODE`."""
    kind, phase_, number, attempt_, owner_, stop, child_, signalled = row
    return Current(
        kind,
        _PHASES[phase_],
        number,
        None if attempt_ is None else _ATTEMPT_PHASES[attempt_],
        owner_,
        stop,
        child_,
        bool(signalled),
    )
