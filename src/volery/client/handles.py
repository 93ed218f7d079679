"""Handles: executions and entities as `Remote` gives them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from volery.client import guess
from volery.client.options import Options
from volery.data.current import using
from volery.errors import Aborted, ConfigError, ExecutionError, TaskFailed, TimedOut
from volery.ir.codec import read_bundle
from volery.ir.failure import TIMED_OUT
from volery.ir.interface import Input, Interface, Output
from volery.ir.values import split_record
from volery.types.packing import unpack
from volery.wire.executions import (
    Event,
    Execution,
    NewExecution,
    Node,
    NodeFilter,
    Signal,
    Summary,
)
from volery.wire.lineage import Lineage, LineageQuery, Way
from volery.wire.logs import LogRecord
from volery.wire.page import everything

if TYPE_CHECKING:
    from volery.client.remote import Remote
    from volery.ir.failure import Failure
    from volery.sdk.entity import Entity
    from volery.sdk.interface import Port
    from volery.wire.entities import Entity as Registered, EntityKey

ENDS = frozenset({"SUCCEEDED", "FAILED", "ABORTED"})
"""Phases that an execution stays in."""

_FIRST_LOOK, _LONGEST_PAUSE = 0.02, 0.5
"""Seconds between looks at an execution that is waited for."""


class RemoteEntity:
    """A registered version of a task, workflow or launch plan.

    Attributes:
        key: its identity, with the version.
        interface: what a caller gives and gets.
        entity: all that is known of it.
    """

    def __init__(self, remote: Remote, entity: Registered) -> None:
        self._remote = remote
        self.entity = entity

    def __repr__(self) -> str:
        return f"<{self.key.kind} {self.key.name} {self.key.version}>"

    @property
    def key(self) -> EntityKey:
        return self.entity.summary.key

    @property
    def interface(self) -> Interface:
        return self.entity.interface

    def execute(self, **how: Any) -> RemoteExecution:
        """Start it: see `Remote.execute`."""
        return self._remote.execute(self, **how)


class RemoteExecution:
    """An execution, wherever it runs.

    Attributes:
        id: its name.
        seen: what was known of it when it was last looked at.
    """

    def __init__(self, remote: Remote, seen: Execution, entity: Entity | None = None) -> None:
        """`entity`: what it runs, if the Python object is at hand: it knows the classes."""
        self._remote = remote
        self._backend = remote.backend
        self._entity = entity
        self.id = seen.id
        self.seen = seen

    def __repr__(self) -> str:
        return f"<execution {self.id} of {self.seen.entity.name}: {self.seen.phase}>"

    # -- how it is ------------------------------------------------------------------------

    def refresh(self) -> Execution:
        """Look at it once more, unless it has ended."""
        if self.seen.phase not in ENDS:
            self.seen = self._backend.execution(self.id)
        return self.seen

    @property
    def phase(self) -> str:
        """``RUNNING``, ``SUCCEEDED``, ``FAILED`` or ``ABORTED``, as it is now."""
        return self.refresh().phase

    @property
    def failure(self) -> Failure | None:
        """Why it did not succeed, if it has not."""
        return self.refresh().failure

    def summary(self) -> Summary:
        """How far it is."""
        return self._backend.summary(self.id)

    def nodes(self, where: NodeFilter | None = None) -> Iterator[Node]:
        """Its node executions, by path."""
        chosen = where or NodeFilter()
        return everything(lambda cursor: self._backend.nodes(self.id, chosen, 500, cursor))

    def wait(self, timeout: timedelta | float | None = None) -> RemoteExecution:
        """Wait until it has ended, however it does; returns itself.

        Args:
            timeout: a number means seconds; None: as long as it takes.

        Raises:
            TimedOut: it goes on.
        """
        seconds = timeout.total_seconds() if isinstance(timeout, timedelta) else timeout
        deadline = None if seconds is None else time.monotonic() + seconds
        pause = _FIRST_LOOK
        while self.phase not in ENDS:
            if deadline is not None and time.monotonic() + pause > deadline:
                raise TimedOut(f"execution {self.id} goes on after {seconds:g} seconds")
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE)
        return self

    def watch(self, after: int = 0) -> Iterator[Event]:
        """The lines of its journal as they come, until it has ended: see `Backend.watch`."""
        return self._backend.watch(self.id, after)

    # -- values ---------------------------------------------------------------------------

    @property
    def inputs(self) -> dict[str, Any]:
        """By name, as Python values of the declared types; those that a launch plan fixes too."""
        known = self._entity and self._entity.signature.inputs
        return self._values(self.interface.inputs, known, self._backend.inputs(self.id).record)

    @property
    def outputs(self) -> dict[str, Any]:
        """By name, as Python values of the declared types.

        Raises:
            ExecutionError: it did not succeed.
            ConfigError: it has not ended.
        """
        seen = self.refresh()
        if seen.phase not in ENDS:
            raise ConfigError(f"execution {self.id} has not ended", hint="wait for it: .wait()")
        if seen.phase != "SUCCEEDED":
            raise error_of(seen)
        known = self._entity and self._entity.signature.outputs
        return self._values(self.interface.outputs, known, self._backend.outputs(self.id).record)

    def _values(
        self, declared: Sequence[Input | Output], ports: Mapping[str, Port] | None, record: bytes
    ) -> dict[str, Any]:
        """`ports`: inputs or outputs whose Python types are at hand."""
        known = ports or {}
        entries = split_record(record)
        with using(self._remote.storage):
            return {
                each.name: unpack(known[each.name].codec, entries[each.name])
                if each.name in known
                else guess.unpacked(each.type, entries[each.name])
                for each in declared
                if each.name in entries
            }

    @cached_property
    def interface(self) -> Interface:
        """Of what it is pinned to; of a launch plan, that of its workflow."""
        bundle = read_bundle(self._backend.bundle(self.seen.bundle))
        kind, name = self.seen.entity.kind, self.seen.entity.name
        if kind == "launch_plan":
            name = next(each.workflow for each in bundle.launch_plans if each.name == name)
        specs = bundle.tasks if kind == "task" else bundle.workflows
        return next(each.interface for each in specs if each.name == name)

    # -- what can be done -----------------------------------------------------------------

    def abort(self, reason: str = "") -> bool:
        """Ask for an abort; False when it has ended already."""
        return self._backend.abort(self.id, reason)

    def recover(self, *, name: str | None = None) -> RemoteExecution:
        """Run again what failed in it, and nothing that succeeded."""
        return RemoteExecution(self._remote, self._backend.recover(self.id, name), self._entity)

    def relaunch(
        self,
        inputs: Mapping[str, Any] | None = None,
        *,
        name: str | None = None,
        options: Options | None = None,
    ) -> RemoteExecution:
        """Run it again from the beginning; what is not said here is as it was."""
        with using(self._remote.storage):
            record = guess.packed(self.interface, inputs or {})
        said = (options or Options()).said()
        changes = NewExecution(self.seen.entity, record=record, name=name, **said)
        again = self._backend.relaunch(self.id, changes)
        return RemoteExecution(self._remote, again, self._entity)

    def signal(self, gate: str, value: Any = True) -> None:  # noqa: FBT002 - most gates take one
        """Answer a gate: with True or False for an approval, else with what it waits for."""
        self._backend.signal(self.id, Signal(gate, guess.plain(value)))

    # -- what it left behind --------------------------------------------------------------

    def logs(self, path: str, attempt: int | None = None) -> Iterator[LogRecord]:
        """What an attempt of a node execution has written so far; by default the newest attempt."""
        number = attempt or self._backend.node(self.id, path).attempt
        start, more = 0, number > 0
        while more:
            log = self._backend.log(self.id, path, number, start)
            yield from log.records
            more, start = log.next > start, log.next

    def decks(self, path: str, attempt: int | None = None) -> dict[str, str]:
        """What an attempt of a node execution shows, as HTML by name; by default the newest."""
        number = attempt or self._backend.node(self.id, path).attempt
        found = self._backend.decks(self.id, path, number) if number else ()
        return {each.name: self._backend.deck(self.id, path, number, each.name) for each in found}

    def lineage(self, path: str = "", *, way: Way = "upstream", depth: int = 10) -> Lineage:
        """Where its values come from, or what they went into."""
        return self._backend.lineage(LineageQuery("", "", self.id, path, way, depth))


def error_of(execution: Execution) -> ExecutionError:
    """The error that an execution has ended with."""
    failure = execution.failure
    told = f"execution {execution.id} of {execution.entity.name}"
    if failure is None:
        return ExecutionError(f"{told} is {execution.phase}")
    if execution.phase == "ABORTED":
        return Aborted(f"{told} was aborted: {failure.message}", code=failure.code)
    where = f" at {failure.path}" if failure.path else ""
    kind = TaskFailed if failure.kind == "USER" else ExecutionError
    if failure.code == TIMED_OUT:
        kind = TimedOut
    error = kind(f"{told} failed{where}: {failure.message}", path=failure.path, code=failure.code)
    error.failure = failure
    if failure.traceback:
        error.add_note(failure.traceback.rstrip())
    return error
