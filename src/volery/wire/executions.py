"""Executions: how they are asked for, found and shown. Times are seconds since the epoch."""

from __future__ import annotations

from typing import Any

import msgspec

from volery.ir.failure import Failure
from volery.ir.nodes import EntityKind, Limits
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


class ExecutionFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which executions; newest first. None and empty: any.

    Attributes:
        phases: any of these.
        kind, name, version: of the entity.
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
    phases: tuple[str, ...] = ()
    kind: EntityKind | None = None
    name: str = ""
    version: str = ""
    since: float | None = None
    until: float | None = None
    labels: dict[str, str] = {}
    inputs: dict[str, Any] = {}
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


class Summary(msgspec.Struct, frozen=True):
    """How far an execution is.

    Attributes:
        nodes: how many of its node executions are in each phase, at any depth.
        elements: the same of the elements of its maps.
        gates: paths of the gates that wait for somebody.
        journal: `seq` of its family's last line: what the counts are as of.
    """

    execution: Execution
    nodes: dict[str, int]
    elements: dict[str, int]
    gates: tuple[str, ...] = ()
    journal: int = 0


class Counts(msgspec.Struct, frozen=True):
    """How many executions a filter finds in each phase; `capped`: so many and more."""

    phases: dict[str, int]
    capped: tuple[str, ...] = ()


class NodeFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which node executions of an execution, by path. None and empty: any.

    Attributes:
        scope: those directly in this scope (``""``: the execution itself); None: at any depth.
    """

    scope: str | None = None
    phases: tuple[str, ...] = ()
    search: str = ""


class Node(msgspec.Struct, frozen=True):
    """A node execution.

    Attributes:
        attempt: number of the newest; 0: none.
        child: the execution that it has started.
        until: when its wait ends by itself.
        cached, recovered: where its outputs come from, as ``execution/path``; empty: it has run.
        waiting: it is a gate that waits for a signal.
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


class Attempt(msgspec.Struct, frozen=True):
    """An attempt. `due`: not before then. `by`: the engine that has carried it out."""

    path: str
    number: int
    phase: str
    created: float
    started: float | None = None
    ended: float | None = None
    failure: Failure | None = None
    due: float = 0.0
    by: str = ""


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


class Signal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A word for a gate: `value` as JSON by its type (of ``approve``: a bool)."""

    gate: str
    value: Any = True
