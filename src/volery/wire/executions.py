"""Executions: how they are asked for, found and shown. Times are seconds since the epoch."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from volery.ir.failure import Failure
from volery.ir.policy import Limits
from volery.ir.ref import EntityKind, Ref
from volery.ir.types import LiteralType
from volery.wire.entities import EntityKey


class NewExecution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An execution to be started.

    Attributes:
        entity: a registered one.
        inputs: as JSON by their types.
        record: the same as a packed record, which wins; for clients that have the types.
        name: becomes its id; asking again with the same name and content is answered alike.
        recovers: an execution whose succeeded nodes are not run again.
        code: of `recovers`: nodes count only if code and inputs are the same.
        executor: carries out what names none itself; empty: as its launch plan or the server says.
    """

    entity: EntityKey
    inputs: dict[str, Any] = {}
    record: bytes | None = None
    name: str | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    priority: int = 0
    limits: Limits | None = None
    max_parallelism: int | None = None
    overwrite_cache: bool = False
    recovers: str = ""
    code: bool = False
    executor: str = ""


PhaseName = Literal["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "SKIPPED", "ABORTED"]
"""Of executions and node executions."""

Instant = Annotated[float, msgspec.Meta(ge=0, le=1e11)]
"""Seconds since the epoch."""


class ExecutionFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which executions; newest first. None and empty: any.

    What there may be several of is called by the name of one in a query.

    Attributes:
        phases: any of these.
        kind, name, version: of the entity; ``flows.*`` is every name that begins so.
        since, until: created from then on, and before.
        labels: all of these.
        inputs: all of these, as JSON by the input's type; small ones of executions that people or
            schedules started can be found.
        children: with those that other executions started.
        parent: those that this execution started.
        search: a part of the id or of the entity's name.
    """

    project: str = ""
    domain: str = ""
    phases: tuple[PhaseName, ...] = msgspec.field(default=(), name="phase")
    kind: EntityKind | None = None
    name: str = ""
    version: str = ""
    since: Instant | None = None
    until: Instant | None = None
    labels: dict[str, str] = msgspec.field(default_factory=dict[str, str], name="label")
    inputs: dict[str, Any] = msgspec.field(default_factory=dict[str, Any], name="input")
    children: bool = False
    parent: str = ""
    search: str = ""


class Execution(msgspec.Struct, frozen=True):
    """An execution.

    Attributes:
        parent, parent_path: the node execution that has started it; empty: none has.
        root: the top of its family.
        bundle: what it is pinned to.
        recovers: what it goes on from.
        scheduled: the instant that it was started for.
        driven: somebody is at it: False of one that has not ended and whose process has died.
        code_folder: where its modules are; empty: in a package, or nobody knows.
        storage: URL of where its large values are; empty: with those of all others.
        executor: carries out what names none itself; empty: as the engine says.
        limits: how long it may take, where that was said of it; null: as its workflow says.
        by: who has asked for it, or for the one that started it: the name of a token; empty: a
            schedule has, or somebody who did not have to say.
    """

    id: str
    entity: EntityKey
    phase: str
    created: float
    ended: float | None = None
    failure: Failure | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    parent: str = ""
    parent_path: str = ""
    root: str = ""
    bundle: str = ""
    recovers: str = ""
    priority: int = 0
    max_parallelism: int | None = None
    scheduled: float | None = None
    driven: bool = True
    code_folder: str = ""
    storage: str = ""
    executor: str = ""
    limits: Limits | None = None
    by: str = ""


class Summary(msgspec.Struct, frozen=True):
    """How far an execution is.

    Attributes:
        nodes: how many of its node executions are in each phase, at any depth.
        elements: the same of the elements of its maps.
        cached, recovered: how many of the node executions have their outputs from elsewhere.
        retries: attempts beyond the first of each.
        gates: paths of the gates that wait for somebody; see `Backend.gates`.
        journal: `seq` of its family's last line: what the counts are as of.
        logs: its attempts have printed or logged something.
    """

    execution: Execution
    nodes: dict[str, int]
    elements: dict[str, int]
    gates: tuple[str, ...] = ()
    journal: int = 0
    logs: bool = False
    cached: int = 0
    recovered: int = 0
    retries: int = 0


class Counts(msgspec.Struct, frozen=True):
    """How many executions a filter finds in each phase; `capped`: so many and more."""

    phases: dict[str, int]
    capped: tuple[str, ...] = ()


class NodeFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which node executions of an execution, by path. None and empty: any.

    Attributes:
        scope: those directly in this scope (``""``: the execution itself); None: at any depth.
        phases: any of these.
        search: a part of the path.
    """

    scope: str | None = None
    phases: tuple[PhaseName, ...] = msgspec.field(default=(), name="phase")
    search: str = ""


class Node(msgspec.Struct, frozen=True):
    """A node execution.

    Attributes:
        attempt: number of the newest; 0: none.
        child: the execution that it has started.
        until: when its wait ends by itself.
        cached, recovered: where its outputs come from, as ``execution/path``; empty: it has run.
        waiting: it is a gate that waits for a signal.
        range: of an element that is carried out with others: the path of that range, which has its
            attempts and its log; empty: it has them itself.
    """

    path: str
    kind: str
    phase: str
    created: float
    attempt: int = 0
    ended: float | None = None
    entity: str = ""
    failure: Failure | None = None
    child: str = ""
    until: float | None = None
    cached: str = ""
    recovered: str = ""
    waiting: bool = False
    range: str = ""


class Attempt(msgspec.Struct, frozen=True):
    """An attempt.

    Attributes:
        due: not before then.
        taken: when an executor got it: it starts.
        returned: when user code had returned, and what it gave was still to be written; None:
            nobody knows.
        by: the engine that carries it out; empty: none has taken it.
        executor: what carries it out there; empty: the only one that the engine has, or, as long as
            none has taken it, whichever that one chooses.
    """

    path: str
    number: int
    phase: str
    created: float
    started: float | None = None
    ended: float | None = None
    failure: Failure | None = None
    due: float = 0.0
    by: str = ""
    executor: str = ""
    taken: float | None = None
    returned: float | None = None


class Values(msgspec.Struct, frozen=True):
    """The inputs or the outputs of an execution or of a node execution.

    Attributes:
        values: as JSON by their types.
        types: of each, for people.
        record: the same as a packed record.
    """

    values: dict[str, Any]
    types: dict[str, str]
    record: bytes


class Event(msgspec.Struct, frozen=True):
    """A line of the journal: see `store.base.Line`."""

    seq: int
    at: float
    execution: str
    path: str
    attempt: int
    event: str
    detail: str = ""


class Gate(msgspec.Struct, frozen=True):
    """A gate that waits for somebody.

    Attributes:
        execution: where it is: an execution, or one that it has started.
        name: how it is called in the workflow.
        key: what it is signalled by in its execution: the name, or the path where others have it.
        question: what it asks, for people.
        answer: the type of what it takes; of an approval ``bool``.
        until: when it gives up; None: never.
    """

    execution: str
    path: str
    name: str
    key: str
    question: str
    answer: LiteralType
    until: float | None = None


class Signal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A word for a gate: `value` as JSON by its type (of ``approve``: a bool)."""

    gate: str
    value: Any = True


class EditedCode(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Code with which an execution may be recovered that ran on other code.

    Attributes:
        bundle: in canonical form, with its fingerprints; it need not be registered.
        entity: what of it is to run.
        record: its inputs, as a packed record.
    """

    bundle: bytes
    entity: Ref
    record: bytes


class Verdict(msgspec.Struct, frozen=True):
    """What becomes of a node when its execution is recovered on edited code.

    Attributes:
        path: of its node execution; of a node that is gone, the one that it had.
        label: the node as people know it.
        verdict: ``reuse``: what it gave counts; ``rerun``: it runs again, where the execution comes
            to it; ``incompatible``: what it gave does not fit the code any more. It runs again, if
            it is still there.
        why: not reused; empty otherwise.
    """

    path: str
    label: str
    verdict: Literal["reuse", "rerun", "incompatible"]
    why: str = ""
