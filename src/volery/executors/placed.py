"""Several executors that look like one: each work goes to the one that it names."""

from __future__ import annotations

import selectors
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from time import monotonic, time
from typing import Final, NamedTuple, TypeVar

from volery.errors import ConfigError, VoleryError
from volery.executors import known
from volery.executors.base import Event, Executor
from volery.executors.known import Known
from volery.ir.failure import Failure
from volery.ir.placement import CONTAINER
from volery.ir.work import CallEnded, Result, Work

UNAVAILABLE: Final = "ExecutorUnavailable"
"""Code of works whose executor cannot be opened here."""
AGAIN: Final = 5.0
"""Seconds before an executor is tried again that could not be opened."""
RARELY: Final = 60.0
"""The same of one that is only opened for what it may have left."""
MOST_FAILED: Final = 3
"""So many tries in a row have to fail before none is expected to succeed."""
HOPELESS: Final = 64
"""So many works at a time are told that there is no hope, before they wait for nothing."""
SLICE: Final = 0.02
"""Seconds between looks at an executor that has no bell, while another one is waited for."""


T = TypeVar("T")


class _Opened(NamedTuple):
    name: str
    executor: Executor
    bell: int | None


class _Trouble(NamedTuple):
    """An executor could not be opened, so many times in a row."""

    times: int
    why: str
    again: float


class PlacedExecutor:
    """Opens executors when the first work for them comes. See `Placing` and `Executor`.

    One that cannot be opened fails its works, is tried again after a while, and disturbs no other.

    Args:
        openers: what opens each of those that this engine has, by name.
        default: which of them carries out what names none.
        used: those that may have left something where they carry attempts out: see `tidy`.
    """

    lasts = False  # each for itself: see `lasts_on`

    def __init__(
        self,
        openers: Mapping[str, Callable[[], Executor]],
        default: str,
        used: Collection[str] = (),
    ) -> None:
        self.default = default
        self._openers = openers
        self._used = used
        self._untidy: dict[str, float] = {}
        """Executors that are to be opened, and when that is tried."""
        self._opened: dict[str, _Opened] = {}
        """In the order in which they are waited for: one without a bell is the first."""
        self._troubles: dict[str, _Trouble] = {}
        self._where: dict[int, Executor] = {}
        """Works under way that are not the default executor's."""
        self._events: list[Event] = []
        self._ears = selectors.DefaultSelector()
        """Hears the bells, and the news."""

    # -- placing --------------------------------------------------------------------------

    def name_of(self, wanted: str, said: str = "") -> str:
        if wanted == CONTAINER:
            return next(name for name in (said, self.default, known.DOCKER) if _is_away(name))
        name = wanted or said
        known.known(name)
        return name

    def rooms(self) -> Mapping[str, int]:
        return {name: self._room(name) for name in self._openers}

    def lasts_on(self, name: str) -> bool:
        executor = self._get(name)
        return executor is not None and executor.lasts

    def about(self, name: str) -> Known:
        return known.known(name)

    def tidy(self) -> None:
        self._untidy = {name: 0.0 for name in self._used if name in self._openers}

    # -- the port -------------------------------------------------------------------------

    def room(self) -> int:
        return self._room(self.default)

    def launch(self, works: Sequence[Work]) -> None:
        groups: dict[str, list[Work]] = {}
        for work in works:
            groups.setdefault(work.executor or self.default, []).append(work)
        for name, group in groups.items():
            executor = self._get(name)
            if executor is None:
                self._events += [_unavailable(work.id, name, self._why(name)) for work in group]
                continue
            if name != self.default:
                self._where.update((work.id, executor) for work in group)
            executor.launch(group)

    def abort(self, ids: Sequence[int]) -> None:
        for executor, mine in self._by_executor((each, each) for each in ids):
            executor.abort(mine)

    def answer(self, ends: Sequence[CallEnded]) -> None:
        for executor, mine in self._by_executor((end.work, end) for end in ends):
            executor.answer(mine)

    def poll(self, timeout: float, news: int | None = None) -> list[Event]:
        if self._untidy:
            self._open_untidy()
        first, *others = self._opened.values() or (None,)
        if first is not None and not others and not self._events:
            return self._heard(first, first.executor.poll(timeout, news))
        deadline = monotonic() + timeout
        with self._watching(news):
            while True:
                events = self._look(first, others, deadline)
                left = deadline - monotonic()
                if events or left <= 0 or any(key.data for key, _ in self._ears.select(0)):
                    return events

    def close(self) -> None:
        with ExitStack() as stack:  # whatever one of them raises, the others are closed
            stack.callback(self._ears.close)
            for each in self._opened.values():
                stack.callback(each.executor.close)
        self._opened.clear()
        self._where.clear()

    # -- opening --------------------------------------------------------------------------

    def _get(self, name: str) -> Executor | None:
        """An executor, opened; None: it cannot be, or was not a moment ago."""
        opened = self._opened.get(name)
        if opened is not None:
            return opened.executor
        trouble = self._troubles.get(name)
        if trouble is not None and monotonic() < trouble.again:
            return None
        try:
            executor = self._open(name)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            why = (
                str(error) if isinstance(error, VoleryError) else f"{type(error).__name__}: {error}"
            )
            times = trouble.times + 1 if trouble is not None else 1
            self._troubles[name] = _Trouble(times, why, monotonic() + AGAIN)
            return None
        self._troubles.pop(name, None)
        return executor

    def _open(self, name: str) -> Executor:
        if name not in self._openers:
            raise ConfigError(
                "this engine does not have it", hint="add it to the setting executors"
            )
        executor = self._openers[name]()
        bell: int | None = getattr(executor, "bell", None)
        opened = [*self._opened.values(), _Opened(name, executor, bell)]
        opened.sort(key=lambda each: (each.bell is not None, each.name != self.default))
        self._opened = {each.name: each for each in opened}
        if bell is not None:
            self._ears.register(bell, selectors.EVENT_READ)
        return executor

    def _open_untidy(self) -> None:
        """Open those that may have left something, as soon as they can be."""
        for name, at in list(self._untidy.items()):
            if monotonic() < at:
                continue
            if self._get(name) is not None:
                del self._untidy[name]
            else:
                self._untidy[name] = monotonic() + RARELY

    def _why(self, name: str) -> str:
        trouble = self._troubles.get(name)
        return trouble.why if trouble is not None else ""

    def _room(self, name: str) -> int:
        """One work goes ahead to see whether an executor can be opened that is not the default."""
        opened = self._opened.get(name)
        if opened is not None:
            return opened.executor.room()
        if name == self.default and (executor := self._get(name)):
            return executor.room()
        trouble = self._troubles.get(name)
        if trouble is None:
            return 1
        if trouble.times >= MOST_FAILED:
            return HOPELESS
        return int(monotonic() >= trouble.again)

    # -- passing on -----------------------------------------------------------------------

    def _by_executor(self, wanted: Iterable[tuple[int, T]]) -> Iterable[tuple[Executor, list[T]]]:
        """Things about works, for the executors that have them; the default one has all others."""
        default = self._opened.get(self.default)
        groups: dict[int, tuple[Executor, list[T]]] = {}
        for work, thing in wanted:
            executor = self._where.get(work) or (default and default.executor)
            if executor is not None:
                groups.setdefault(id(executor), (executor, []))[1].append(thing)
        return groups.values()

    def _heard(self, opened: _Opened, events: list[Event]) -> list[Event]:
        if opened.name != self.default:
            for event in events:
                if isinstance(event, Result):
                    self._where.pop(event.id, None)
        return events

    # -- waiting --------------------------------------------------------------------------

    def _look(
        self, first: _Opened | None, others: Sequence[_Opened], deadline: float
    ) -> list[Event]:
        """What has happened; where nothing has, wait until a bell rings or the first has something.

        An executor without a bell is looked at again before that, if it is not the first.
        """
        events, self._events = self._events, []
        for each in others:
            events += self._heard(each, each.executor.poll(0.0))
        timeout = 0.0 if events else max(0.0, deadline - monotonic())
        if any(each.bell is None for each in others):
            timeout = min(timeout, SLICE)
        if first is None:
            self._ears.select(timeout)
        else:
            events += self._heard(first, first.executor.poll(timeout, self._ears.fileno()))
        return events

    @contextmanager
    def _watching(self, news: int | None) -> Generator[None]:
        """News end a wait, as bells do."""
        if news is None:
            yield
            return
        self._ears.register(news, selectors.EVENT_READ, data=True)
        try:
            yield
        finally:
            self._ears.unregister(news)


def _is_away(name: str) -> bool:
    return bool(name) and known.known(name).away


def _unavailable(work: int, name: str, why: str) -> Result:
    message = f"the executor {name} cannot be used here: {why}"
    return Result(work, None, Failure(UNAVAILABLE, "SYSTEM", message), ended=time())
