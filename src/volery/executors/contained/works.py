"""Works under way: what an executor with threads of its own keeps track of."""

from __future__ import annotations

import os
import select
from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, Final

import msgspec

from volery.executors.base import Event, Printed, Started
from volery.executors.results import aborted
from volery.ir.failure import Failure, overdue
from volery.ir.work import Call, Result, Work

if TYPE_CHECKING:
    from volery.wire.logs import LogRecord

SLACK: Final = 60.0
"""Seconds that a program has which keeps to the limit by itself, to come up and to say so."""

UNTAKEN: Final = 16
"""So many events wait to be taken before logs wait as well."""

_MANY: Final = 1024


class Held:
    """A work under way.

    Attributes:
        work: the attempt.
        name: of its container.
        aborted: somebody has asked to stop it.
        began: when user code began, seconds since the epoch; 0: not yet.
        why: the failure that it is stopped for; None: it is not.
    """

    __slots__ = ("aborted", "began", "name", "why", "work")

    def __init__(self, work: Work, name: str) -> None:
        self.work = work
        self.name = name
        self.aborted = False
        self.began = 0.0
        self.why: Failure | None = None

    @property
    def unwanted(self) -> bool:
        """It is to be stopped."""
        return self.aborted or self.why is not None

    @property
    def until(self) -> float | None:
        """When it runs longer than it may, by any clock; None: not yet known, or never."""
        work = self.work
        if work.limit is None or not self.began or self.unwanted:
            return None
        slack = SLACK if work.command is None else 0
        return self.began + work.limit * max(1, work.elements or 1) + slack


class Works:
    """The works of one executor. Any thread may call any method; none waits but `poll`.

    Every work that is taken comes back from `poll` as exactly one result, after all that it
    printed. What comes after its result is dropped.

    Args:
        name: of the container of a work.
        time: seconds since the epoch.

    Attributes:
        bell: a file descriptor that can be read when `poll(0)` has something to give.
    """

    bell: int

    def __init__(self, name: Callable[[Work], str], time: Callable[[], float]) -> None:
        self._name = name
        self._time = time
        self._lock = Lock()
        self._by_id: dict[int, Held] = {}
        self._by_name: dict[str, Held] = {}
        self._events: list[Event] = []
        self.bell, self._hammer = os.pipe()
        for end in (self.bell, self._hammer):
            os.set_blocking(end, False)
        self._closed = False

    def __len__(self) -> int:
        """How many works are under way."""
        return len(self._by_id)

    @property
    def full(self) -> bool:
        """Whether so much waits to be taken that no more should be read of what is printed."""
        return len(self._events) >= UNTAKEN

    def take(self, works: Sequence[Work]) -> list[Held]:
        """Hold works; those that are under way already are left out."""
        taken: list[Held] = []
        with self._lock:
            for work in works:
                name = self._name(work)
                if work.id not in self._by_id and name not in self._by_name:
                    held = Held(work, name)
                    self._by_id[work.id] = self._by_name[name] = held
                    taken.append(held)
        return taken

    def held(self, id: int) -> Held | None:
        """A work by its id; None: it is unknown or over."""
        return self._by_id.get(id)

    def named(self, name: str) -> Held | None:
        """A work by the name of its container; None: it is unknown or over."""
        return self._by_name.get(name)

    def all(self) -> list[Held]:
        """All that are under way."""
        with self._lock:
            return list(self._by_id.values())

    def began(self, name: str, at: float) -> None:
        """User code of a work runs since `at`; only the first time counts."""
        with self._lock:
            held = self._by_name.get(name)
            if held is not None and not held.began:
                held.began = at
                self._tell(Started(held.work.id, at))

    def printed(self, name: str, records: Sequence[LogRecord]) -> None:
        """A work has printed."""
        with self._lock:
            held = self._by_name.get(name)
            if held is not None and records:
                self._tell(Printed(held.work.id, tuple(records)))

    def asked(self, name: str, call: Call) -> None:
        """The function of a work calls an entity."""
        with self._lock:
            if name in self._by_name:
                self._tell(call)

    def abort(self, ids: Sequence[int]) -> list[Held]:
        """Note that works are to be stopped; gives those for which this is new.

        Who has stopped one says so with `over`, whatever its container has left.
        """
        with self._lock:
            found = [held for id in ids if (held := self._by_id.get(id)) and not held.aborted]
            for held in found:
                held.aborted = True
            return found

    def overdue(self) -> list[Held]:
        """Works that run longer than they may, noted as to be stopped; each is given once."""
        now = self._time()
        with self._lock:
            late = [
                held
                for held in self._by_id.values()
                if (until := held.until) is not None and until <= now
            ]
            for held in late:
                held.why = overdue(held.work.limit or 0.0)
            return late

    def due(self) -> float | None:
        """Seconds until the next work may be overdue; None: none ever will."""
        with self._lock:
            times = [until for held in self._by_id.values() if (until := held.until) is not None]
        return max(0.0, min(times) - self._time()) if times else None

    def over(self, name: str, result: Result) -> None:
        """The container of a work has ended, with this result.

        A work that was aborted ends as that, and one that was overdue as that, unless it has
        succeeded before it was stopped.
        """
        with self._lock:
            held = self._by_name.pop(name, None)
            if held is None:
                return
            del self._by_id[held.work.id]
            self._tell(self._told(held, result))

    def failed(self, name: str, failure: Failure) -> None:
        """A work has no container and gets none, or its container is gone for good."""
        held = self.named(name)
        if held is not None:
            self.over(name, Result(held.work.id, None, failure, (), held.began, self._time()))

    def poll(self, timeout: float, news: int | None = None) -> list[Event]:
        """See `Executor`."""
        if not self._events:
            waiting = select.poll()
            for each in (self.bell, news):
                if each is not None:
                    waiting.register(each, select.POLLIN)
            waiting.poll(max(0.0, timeout) * 1000)
        with self._lock:
            events, self._events = self._events, []
            with suppress(BlockingIOError):
                os.read(self.bell, _MANY)
        return events

    def close(self) -> None:
        """Forget all works; the bell is closed."""
        with self._lock:
            if not self._closed:
                self._closed = True
                self._by_id.clear()
                self._by_name.clear()
                self._events.clear()
                os.close(self.bell)
                os.close(self._hammer)

    def _told(self, held: Held, result: Result) -> Result:
        """What a work comes back as whose container has ended with a result."""
        if held.aborted:
            return msgspec.structs.replace(aborted(held.work.id), started=held.began)
        if held.why is not None and result.failure is not None:
            result = Result(held.work.id, None, held.why, (), result.started, result.ended)
        started = result.started or held.began or result.ended
        ended = max(started, result.ended or self._time())
        return msgspec.structs.replace(result, id=held.work.id, started=started, ended=ended)

    def _tell(self, event: Event) -> None:
        if self._closed:
            return
        if not self._events:
            with suppress(BlockingIOError):
                os.write(self._hammer, b"\0")
        self._events.append(event)
