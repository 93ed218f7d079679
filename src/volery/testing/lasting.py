"""A simulated cluster: what was started there goes on whatever becomes of the engines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from msgspec.structs import replace

from volery.executors.base import Event, Started
from volery.ir.work import CallEnded, Result, Work
from volery.testing.shuffled import ShuffledExecutor

Key = tuple[str, str, int]
"""Which attempt: execution, path, number."""


class _Pod:
    """An attempt in the cluster, with all that was ever told of it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.told: list[Started | Result] = []


class Cluster:
    """Carries attempts out, each once, however often it is started.

    Args:
        inner: decides when and how they end. Functions of eager tasks cannot run there.
    """

    def __init__(self, inner: ShuffledExecutor) -> None:
        self._inner = inner
        self._pods: dict[Key, _Pod] = {}
        self._keys: dict[int, Key] = {}
        self._numbers = count(1)

    @property
    def due(self) -> float | None:
        """See `ShuffledExecutor`."""
        return self._inner.due

    def room(self) -> int:
        return self._inner.room()

    def start(self, work: Work) -> Key:
        """Start an attempt, if that has not been done."""
        key = (work.execution, work.path, work.attempt)
        if key not in self._pods:
            number = next(self._numbers)
            self._pods[key] = _Pod(number)
            self._keys[number] = key
            self._inner.launch([replace(work, id=number)])
        return key

    def stop(self, keys: Sequence[Key]) -> None:
        """Stop attempts; what is over stays as it is."""
        self._inner.abort([self._pods[key].number for key in keys])

    def go_on(self) -> None:
        """Let a little happen."""
        for event in self._inner.poll(0.0):
            if isinstance(event, Started | Result):
                self._pods[self._keys[event.id]].told.append(event)

    def told(self, key: Key, after: int) -> list[Started | Result]:
        """What has become of an attempt, but for the first things."""
        return self._pods[key].told[after:]


class LastingExecutor:
    """The executor of one engine on a cluster. See `Executor`."""

    lasts = True

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._works: dict[int, tuple[Key, int]] = {}
        """By id: the attempt, and how much of what was told of it has been passed on."""

    @property
    def due(self) -> float | None:
        """See `ShuffledExecutor`."""
        return self._cluster.due

    def room(self) -> int:
        return self._cluster.room()

    def launch(self, works: Sequence[Work]) -> None:
        for work in works:
            self._works.setdefault(work.id, (self._cluster.start(work), 0))

    def abort(self, ids: Sequence[int]) -> None:
        self._cluster.stop([self._works[each][0] for each in ids if each in self._works])

    def answer(self, ends: Sequence[CallEnded]) -> None:
        pass

    def poll(self, timeout: float, news: int | None = None) -> list[Event]:  # noqa: ARG002
        self._cluster.go_on()
        events: list[Event] = []
        for id, (key, passed_on) in list(self._works.items()):
            told = self._cluster.told(key, passed_on)
            self._works[id] = (key, passed_on + len(told))
            events += [replace(each, id=id) for each in told]
            if any(isinstance(each, Result) for each in told):
                del self._works[id]
        return events

    def close(self) -> None:
        self._works.clear()
