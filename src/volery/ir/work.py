"""Work and results: what travels between an executor and the process that runs user code."""

from __future__ import annotations

import msgspec

from volery.ir.failure import Failure
from volery.ir.specs import Loader


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
        stdout, stderr: what the attempt printed.
    """

    id: int
    outputs: bytes | None
    failure: Failure | None = None
    elements: tuple[ElementFailure, ...] = ()
    started: float = 0.0
    ended: float = 0.0
    stdout: bytes = b""
    stderr: bytes = b""
