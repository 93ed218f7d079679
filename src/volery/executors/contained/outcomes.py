"""Outcomes: what an attempt has left in the storage, as the result of its work."""

from __future__ import annotations

import json  # not msgspec's: it has no integers beyond 64 bits
from collections.abc import Collection
from contextlib import ExitStack
from functools import partial
from time import time
from typing import TYPE_CHECKING, Any

import msgspec

from volery._version import __version__
from volery.data import offload
from volery.data.current import foreign, using
from volery.errors import StorageError, TypeMismatch, VoleryError, suggest
from volery.executors.contained.exits import failure_of
from volery.executors.contained.files import lend
from volery.executors.contained.invocations import files_name, outcome_name
from volery.executors.results import stopped
from volery.ir.failure import TIMED_OUT, Failure
from volery.ir.interface import Interface
from volery.ir.invocation import CONTRACT, Outcome
from volery.ir.types import NONE, ListType, LiteralType, UnionType, show
from volery.ir.values import Wire, join_record, split_record
from volery.ir.work import Result
from volery.types.written.reading import to_wire

if TYPE_CHECKING:
    from volery.data.storage import Storage
    from volery.executors.contained.exits import Exit
    from volery.ir.work import Work


class OutcomeRefused(VoleryError):
    """What an attempt has left is no outcome, or not that of its task."""


def ended(work: Work, storage: Storage, end: Exit, tail: str = "") -> Result:
    """The result of a work whose container has ended: its outcome, or what the exit says.

    Args:
        work: the attempt.
        storage: that its invocation was written to.
        end: how the container ended.
        tail: the end of what it wrote to stderr, without secrets.

    Raises:
        StorageError: the storage cannot be read: to be asked again.
    """
    found = None if _has_failed(work, end) else found_by(work, storage)
    if found is None:
        return Result(work.id, None, failure_of(end, work.command, tail), ended=time())
    if found.failure is not None and found.failure.code == TIMED_OUT:
        return stopped(work.id, found.failure, found.started, tail)
    return found


def found_by(work: Work, storage: Storage) -> Result | None:
    """The result that an attempt has left, whatever has become of its container; None: none.

    Raises:
        StorageError: the storage cannot be read or written.
    """
    try:
        outcome = outcome_of(work, storage)
    except OutcomeRefused as error:
        return _refused(work, error)
    return None if outcome is None else result_of(work, storage, outcome)


def outcome_of(work: Work, storage: Storage) -> Outcome | None:
    """What an attempt has left; None: nothing.

    Raises:
        StorageError: the storage cannot be read.
        OutcomeRefused: it is there, and is no outcome.
    """
    data = storage.get_named(outcome_name(work))
    if data is None:
        return None
    try:
        return _decoded(data)
    except (msgspec.MsgspecError, RecursionError) as error:
        uri = storage.named_uri(outcome_name(work))
        raise OutcomeRefused(
            f"what the attempt has left at {uri} is no outcome: {error}",
            hint="docs/attempts.md says what it has to be",
        ) from None


class _Header(msgspec.Struct):
    contract: int = 1


def _decoded(data: bytes) -> Outcome:
    contract = msgspec.json.decode(data, type=_Header).contract
    if contract != CONTRACT:
        raise OutcomeRefused(
            f"the attempt has left an outcome of contract {contract}; this is Volery "
            f"{__version__}, which knows contract {CONTRACT}",
            hint="use an image with the Volery of the engine",
        )
    return msgspec.json.decode(data, type=Outcome)


def result_of(work: Work, storage: Storage, outcome: Outcome) -> Result:
    """An outcome as a result; one whose outputs do not fit the interface is a failure.

    Outputs that only JSON says are read by the interface; files that they name are stored. Paths
    of this machine are taken only from the folder that the attempt was given for its outputs.

    Raises:
        StorageError: the storage cannot be read or written.
    """
    times = outcome.started, outcome.ended or time()
    if outcome.failure is not None:
        return Result(work.id, None, outcome.failure, (), *times)
    if outcome.graph is not None:
        return Result(work.id, None, None, (), *times, graph=outcome.graph)
    try:
        record = _record(work, storage, outcome)
    except (OutcomeRefused, TypeMismatch) as error:
        return _refused(work, error)
    except StorageError as error:
        if error.code in _TRANSIENT:
            raise
        return _refused(work, error)
    return Result(work.id, record, None, outcome.elements, *times, returned=outcome.returned)


_TRANSIENT = ("StorageError", "StorageDenied", "AlteredContent")
"""Codes of errors that are the storage's; what an attempt names that is not there is its own."""


def _has_failed(work: Work, end: Exit) -> bool:
    """Whether an exit counts before any outcome: that of a command which knows of none."""
    command = work.command
    return command is not None and not command.contract and end.status != 0


def _refused(work: Work, error: VoleryError) -> Result:
    return Result(work.id, None, Failure(error.code, "USER", str(error)), ended=time())


def _record(work: Work, storage: Storage, outcome: Outcome) -> bytes:
    """The output record of an outcome."""
    interface = None if work.place is None else work.place.interface
    if outcome.record is None:
        return _read(work, storage, interface or Interface(), outcome.outputs or {})
    try:
        names = split_record(outcome.record)
    except msgspec.MsgspecError as error:
        raise OutcomeRefused(f"the record that the attempt has left is none: {error}") from None
    if interface is not None:
        _check_names(interface, names)
    return outcome.record


def _read(
    work: Work, storage: Storage, interface: Interface, given: dict[str, msgspec.Raw]
) -> bytes:
    """The output record of outputs that are JSON."""
    _check_names(interface, given)
    with ExitStack() as stack:
        stack.enter_context(using(storage))
        folder = storage.named_uri(files_name(work))
        stack.enter_context(foreign(partial(lend, folder, stack)))
        values = {
            each.name: _value(each.name, _kind(work, each.type), given[each.name])
            for each in interface.outputs
        }
        return join_record({name: offload.pack(value) for name, value in values.items()})


def _value(name: str, kind: LiteralType, text: msgspec.Raw) -> Wire:
    try:
        return to_wire(kind, _json(text), f"$.{name}")
    except TypeMismatch as error:
        raise TypeMismatch(
            f"output {name}: {error.message}", hint=error.hint, path=error.path
        ) from None


def _json(text: msgspec.Raw) -> Any:
    try:
        return json.loads(bytes(text))
    except RecursionError:
        raise OutcomeRefused("an output is nested too deeply") from None


def _kind(work: Work, kind: LiteralType) -> LiteralType:
    """The type of an output; of a part of a map: one for each element, null where that failed."""
    if work.elements is None:
        return kind
    variants = kind.variants if isinstance(kind, UnionType) else (kind,)
    return ListType(UnionType((*(each for each in variants if each != NONE), NONE)))


def _check_names(interface: Interface, given: Collection[str]) -> None:
    missing = [each for each in interface.outputs if each.name not in given]
    if missing:
        names = ", ".join(f"{each.name} ({show(each.type)})" for each in missing)
        raise OutcomeRefused(
            f"the attempt has ended and has not written {names}",
            hint=f"it has written {', '.join(given) or 'nothing'}; an output that may be absent "
            "is written as null",
            code="OutputMissing",
        )
    known = {each.name for each in interface.outputs}
    surplus = [name for name in given if name not in known]
    if surplus:
        raise OutcomeRefused(
            f"the attempt has written {', '.join(surplus)}, which the task does not declare",
            hint=suggest(surplus[0], known),
            code="OutputUnknown",
        )
