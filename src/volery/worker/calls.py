"""Calls that the function of an eager task makes: what it awaits, and how it hears of the end."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Coroutine, Generator, Mapping
from contextlib import suppress
from functools import cached_property
from threading import get_ident
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast
from weakref import WeakKeyDictionary

import msgspec

from volery.data.identity import identity
from volery.errors import Aborted, CallError, ExecutionError, PromiseError, TaskFailed, TimedOut
from volery.ids import digest
from volery.ir.failure import ABORTED, TIMED_OUT, Failure
from volery.ir.values import EMPTY, split_record
from volery.ir.work import Call, CallEnded
from volery.sdk.calling import calling
from volery.sdk.compile import compile_entity
from volery.sdk.opaque import NoAttribute, Opaque, misuse
from volery.worker.emit import bundle_of

if TYPE_CHECKING:
    from volery.ir.ref import Ref
    from volery.ir.specs import Bundle
    from volery.sdk.entity import Entity
    from volery.sdk.interface import Signature
    from volery.sdk.task import Task

Eager = Callable[..., Coroutine[Any, Any, Any]]
"""The function of an eager task."""

Ask = Callable[[Call, "Mapping[str, Task[..., Any]]"], object]
"""Carries a call to whoever has it carried out; with it the tasks that it may come to, by name."""

MAX_LABEL: Final = 40
"""Most characters of an entity's name that the id of a call begins with."""

DIGITS: Final = 12
"""Digits of the digest in the id of a call: of a hundred thousand calls no two are confused."""

AWAIT: Final = "write await before the call: only then there is a value"

_ERRORS: Final = {ABORTED: Aborted, TIMED_OUT: TimedOut}
"""What calls raise that failed with a code of the system's; others: `TaskFailed`."""


class Caller:
    """Runs the function of one eager task, and carries its calls.

    The function runs in the thread that calls `run`. Any thread may say how calls have ended.

    Args:
        work: id of the work.
        ask: hears of every call; it is called in the function's thread.
        elsewhere: other processes run what is called.
    """

    def __init__(self, work: int, ask: Ask, *, elsewhere: bool = False) -> None:
        self.work = work
        self._ask = ask
        self._elsewhere = elsewhere
        self._thread = 0
        self._stopped = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[Any] | None = None
        self._ends: dict[str, asyncio.Future[CallEnded]] = {}
        self._made: Counter[str] = Counter()
        self._callees: WeakKeyDictionary[Entity, _Callee] = WeakKeyDictionary()

    def run(self, function: Eager, arguments: Mapping[str, Any]) -> Any:
        """Call the function and run it to its end; returns what it returns.

        Raises:
            asyncio.CancelledError: it was stopped.
        """
        return asyncio.run(self._run(function, arguments))

    async def _run(self, function: Eager, arguments: Mapping[str, Any]) -> Any:
        self._thread = get_ident()
        self._main = asyncio.current_task()
        self._loop = asyncio.get_running_loop()
        if self._stopped:
            raise asyncio.CancelledError
        with calling(self):
            return await function(**arguments)

    def call(self, entity: Entity, arguments: Mapping[str, Any]) -> Pending:
        """Begin a call. See `volery.sdk.calling.Caller`."""
        if get_ident() != self._thread:
            raise CallError(
                f"{entity.signature.owner} is called in a thread that an eager function has "
                "started, which cannot wait for it",
                hint="call and await it in the function itself, and give the thread what came out",
            )
        inputs = entity.signature.pack_inputs(arguments)
        callee = self._callee(entity)
        id = self._id(callee.meaning, entity.label, inputs)
        end = self._ends[id] = asyncio.get_running_loop().create_future()
        self._ask(Call(self.work, id, entity.ref, callee.bundle, inputs), callee.tasks)
        return Pending(f"call {id} of {entity.signature.owner}", entity.signature, end)

    def ended(self, end: CallEnded) -> None:
        """Say how a call ended."""
        self._from_outside(self._end, end)

    def stop(self) -> None:
        """Cancel the function, as asyncio cancels: it may still tidy up."""
        self._stopped = True
        if self._main is not None:
            self._from_outside(self._main.cancel)

    def _from_outside(self, action: Callable[..., object], *arguments: object) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the function has ended
                self._loop.call_soon_threadsafe(action, *arguments)

    def _end(self, end: CallEnded) -> None:
        waited_for = self._ends.pop(end.id, None)
        if waited_for is not None:
            waited_for.set_result(end)

    def _callee(self, entity: Entity) -> _Callee:
        known = self._callees.get(entity)
        if known is None:
            program = compile_entity(entity)
            bundle = bundle_of(program, elsewhere=self._elsewhere)
            known = _Callee(bundle, program.tasks, _meaning(entity.ref, program.bundle))
            self._callees[entity] = known
        return known

    def _id(self, meaning: list[Any], label: str, inputs: bytes) -> str:
        """The id of a call: the same whenever the function runs again and calls the same.

        Only equal calls are told apart by their order; each of them may be given the result of
        another.
        """
        values = sorted(split_record(inputs).items())
        said = [*meaning, [(name, identity(each)) for name, each in values]]
        id = f"{_segment(label)}-{digest(msgspec.msgpack.encode(said))[:DIGITS]}"
        self._made[id] += 1
        return id if self._made[id] == 1 else f"{id}-{self._made[id]}"


class _Callee(NamedTuple):
    """An entity, ready to be called: its bundle, tasks by name, and what tells it from others."""

    bundle: bytes
    tasks: Mapping[str, Task[..., Any]]
    meaning: list[Any]


class Pending(Opaque, Coroutine[Any, Any, Any]):
    """A call that was made: await it, as often as you like, for what it gives.

    It takes part in whatever asyncio does with coroutines; cancelling who waits leaves the call as
    it is.

    Args:
        name: what people call it.
        signature: of what was called.
        end: how it ends.
    """

    __slots__ = ("__dict__", "__weakref__", "_ended", "_name", "_signature")
    __hash__ = object.__hash__
    hint_as_argument = AWAIT

    def __init__(self, name: str, signature: Signature, end: asyncio.Future[CallEnded]) -> None:
        self._name = name
        self._signature = signature
        self._ended = end

    def __repr__(self) -> str:
        return f"<{self._name}>"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise NoAttribute(self._refusal(f"asked for .{name}", ""))

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._result().__await__()

    def send(self, value: Any, /) -> Any:
        return self._driver.send(value)

    def throw(self, *error: Any) -> Any:
        return self._driver.throw(*error)

    def close(self) -> None:
        """Nothing to do: the call goes on by itself."""

    @cached_property
    def _driver(self) -> Generator[Any, Any, Any]:
        """What asyncio drives where it takes this for a coroutine."""
        return self.__await__()

    async def _result(self) -> Any:
        end = await asyncio.shield(self._ended)
        if end.failure is not None:
            raise _error_of(end.failure, self._name)
        return self._signature.unpack_outputs(end.outputs or EMPTY)

    def _refusal(self, does: str, instead: str) -> PromiseError:
        del instead
        return misuse(self, does, AWAIT)


def _error_of(failure: Failure, pending: str) -> ExecutionError:
    """What a call raises that did not succeed; where the frames are known, people see them."""
    frames = failure.traceback.rstrip()
    # What has frames was raised: users have classes of these names too.
    kind = TaskFailed if frames else _ERRORS.get(failure.code, TaskFailed)
    error = kind(failure.message, path=failure.path, code=failure.code)
    error.failure = failure
    error.add_note(f"in {pending}:\n{frames}" if frames else f"in {pending}")
    return error


def _segment(label: str) -> str:
    """A label as a part of a path: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower())[:MAX_LABEL].strip("-") or "call"


def _meaning(entity: Ref, bundle: Bundle) -> list[Any]:
    """What is called: its name and, as workflows may be made on the spot, the graph of one."""
    graphs = {each.name: each.graph for each in bundle.workflows}
    graph = graphs[entity.name] if entity.kind == "workflow" else None
    return [entity.kind, entity.name, _anywhere(msgspec.to_builtins(graph))]


def _anywhere(graph: Any) -> Any:
    """A graph without the lines of code that it comes from."""
    match graph:
        case dict():
            entries = cast("dict[str, Any]", graph).items()
            return {key: _anywhere(each) for key, each in entries if key != "source"}
        case list() | tuple():
            return [_anywhere(each) for each in cast("list[Any]", graph)]
        case _:
            return graph
