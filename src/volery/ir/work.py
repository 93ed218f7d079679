"""Work and results: what travels between an executor and the process that runs user code."""

from __future__ import annotations

from typing import Final

import msgspec

from volery.ir.failure import Failure
from volery.ir.interface import Interface
from volery.ir.placement import ContainerCommand, Placement
from volery.ir.policy import Request
from volery.ir.ref import Ref
from volery.ir.secret import SecretValue
from volery.ir.specs import Loader, TaskMode

IMPORT_LIMIT: Final = 60.0
"""Seconds that the module of a work may take to be imported, where the limit of it is shorter."""


class Place(msgspec.Struct, frozen=True, array_like=True):
    """What an attempt needs to know that is carried out away from the engine's processes.

    Attributes:
        project, domain: of its execution.
        interface: of its task.
        package: digest of its code package; empty: its code is in no package.
        token: the same for each attempt of one node execution.
        caps: what it may use at most.
        command: of a task that is no Python function.
        crashes: attempts before it that the system has failed.
        expires: seconds since the epoch: when it is of no more use to start it. 0: never.
    """

    project: str
    domain: str
    interface: Interface
    package: str = ""
    token: str = ""
    placement: Placement = Placement()
    caps: Request | None = None
    command: ContainerCommand | None = None
    crashes: int = 0
    expires: float = 0.0


class Work(msgspec.Struct, frozen=True, array_like=True):
    """One attempt, complete: nothing else is needed to carry it out.

    Attributes:
        id: the executor's own number for it; a result repeats it.
        execution, path, attempt: which attempt it is.
        task: the task's name.
        loader: where the task is; None only for work that stays in its process.
        inputs: the input record.
        elements: for a part of a map: how many elements the inputs named in `over` hold.
        over: names of inputs that hold one array element for each element.
        environment: variables that are set while it runs.
        interface: what the task's code has to keep to (see `ir.codec.contract_of`); empty: nothing.
        mode: of the task.
        limit: seconds that user code may run, for each element of a map; None: no limit. The import
            of its module is not part of it, and may take as long too, or `IMPORT_LIMIT`.
        requests: what it needs of the machine.
        recovers: the execution whose checkpoint the first attempt finds; empty: none.
        most_nodes: most nodes that the graph of a dynamic task may have, with those of the
            workflows in it.
        code: the import root that its code is in; empty: wherever the executor's modules are.
        secrets: what its task asked for; without their values where these are files in its
            container.
        executor: which one carries it out; empty: the engine's own choice.
        place: None: it runs in a process of the engine's machine.
    """

    id: int
    execution: str
    path: str
    attempt: int
    task: str
    loader: Loader | None
    inputs: bytes
    elements: int | None = None
    over: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    interface: str = ""
    mode: TaskMode = ""
    limit: float | None = None
    requests: Request | None = None
    recovers: str = ""
    most_nodes: int = 100_000
    code: str = ""
    secrets: tuple[SecretValue, ...] = ()
    executor: str = ""
    place: Place | None = None

    @property
    def command(self) -> ContainerCommand | None:
        """What runs in its container; None: its task is a Python function."""
        return None if self.place is None else self.place.command


class ElementFailure(msgspec.Struct, frozen=True, array_like=True):
    """The failure of one element of a map, by its position in this work."""

    index: int
    failure: Failure


class Result(msgspec.Struct, frozen=True, array_like=True):
    """How an attempt ended.

    Attributes:
        outputs: the output record, or None when it failed. For a part of a map: a record of
            arrays, nil where the element failed.
        failure: set if and only if `outputs` is None.
        elements: failures of single elements of a map.
        started, ended: seconds since the epoch by the worker's clock.
        graph: what the function of a dynamic task has emitted, in place of outputs: a bundle in
            canonical form, with a workflow named `EMITTED`, which has no inputs.
        returned: when user code had returned, and what it gave was still to be written; 0: not
            said, as of a part of a map.
    """

    id: int
    outputs: bytes | None
    failure: Failure | None = None
    elements: tuple[ElementFailure, ...] = ()
    started: float = 0.0
    ended: float = 0.0
    graph: bytes | None = None
    returned: float = 0.0


EMITTED = "@emitted"
"""Name of the workflow that a dynamic task emits."""


class Call(msgspec.Struct, frozen=True, array_like=True):
    """The function of an eager task calls an entity.

    Attributes:
        work: the work whose function calls.
        id: of the call: the same whenever the function is run again and calls the same.
        entity: what is called; `bundle` in canonical form has its specs.
        inputs: the input record.
    """

    work: int
    id: str
    entity: Ref
    bundle: bytes
    inputs: bytes


class CallEnded(msgspec.Struct, frozen=True, array_like=True):
    """How a call ended: `outputs` (a record), or `failure`."""

    work: int
    id: str
    outputs: bytes | None = None
    failure: Failure | None = None
