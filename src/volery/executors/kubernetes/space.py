"""The pods of one namespace: those that are to come, those that are there, those that are to go.

This is state alone: the executor asks the cluster, and holds a lock meanwhile.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from volery.executors.contained.exits import Exit
from volery.executors.contained.works import Held
from volery.executors.kubernetes.log import PodLog
from volery.executors.kubernetes.quota import Quota
from volery.executors.kubernetes.settings import Kind
from volery.executors.kubernetes.status import Pod

BATCH: Final = 40
"""Pods that are deleted by one request."""
GATHER: Final = 2.0
"""Seconds that a pod waits for others to be deleted with."""


@dataclass(eq=False)
class Charge:
    """A work on its way through the cluster.

    Attributes:
        held: the work.
        primary: name of its container.
        since: when its pod was known to be there, by the monotonic clock; 0: not yet.
        pod: as it was last seen.
        runs: its container does.
        printed: all that it printed, if the cluster has told it; else None.
        lost: it was gone before it was known to be there.
        waits: for what (see `Waiting.kind`), and since when.
        exit: how it has ended; None: it has not.
        log: read while it runs; None: at the end.
        stopping: it was asked to end.
        unwanted: its pod need not be kept when it has ended.
    """

    held: Held
    primary: str
    since: float = 0.0
    pod: Pod | None = None
    runs: bool = False
    printed: str | None = None
    lost: bool = False
    waits: tuple[Kind, float] | None = None
    exit: Exit | None = None
    log: PodLog | None = None
    stopping: bool = False
    unwanted: bool = False

    @property
    def name(self) -> str:
        """The name of the attempt and of the pod."""
        return self.held.name


@dataclass
class Stray:
    """A pod of this server that no work under way here belongs to."""

    pod: Pod
    since: float


@dataclass
class Space:
    """What is known of a namespace.

    Attributes:
        name: of the namespace.
        charges: works under way, by name.
        strays: other pods of this server, by name.
        listed: its pods are known.
        quota: how many pods it takes.
        starting: how many pods are being asked for.
        running: how many there are that have not ended.
    """

    name: str
    charges: dict[str, Charge] = field(default_factory=dict[str, Charge])
    strays: dict[str, Stray] = field(default_factory=dict[str, Stray])
    listed: bool = False
    quota: Quota = field(default_factory=Quota)
    starting: int = 0
    running: int = 0
    _queue: deque[Charge] = field(default_factory=deque[Charge])
    _leaving: dict[str, float] = field(default_factory=dict[str, float])

    # -- pods that are to come ----------------------------------------------------------------

    @property
    def waiting(self) -> int:
        """How many works have no pod yet."""
        return len(self._queue) + self.starting

    def add(self, charge: Charge) -> None:
        """A work that is to have a pod."""
        self.charges[charge.name] = charge
        self._queue.append(charge)

    def next(self) -> Iterator[Charge]:
        """Works for which a pod may be asked for now."""
        while self._queue and self.listed and self.quota.takes(self.running + self.starting):
            self.starting += 1
            yield self._queue.popleft()

    def withdraw(self, charge: Charge) -> bool:
        """Take a work back. False: a pod is asked for already, or there."""
        if charge not in self._queue:
            return False
        self._queue.remove(charge)
        del self.charges[charge.name]
        return True

    def has_started(self, charge: Charge, now: float) -> None:
        """There is a pod."""
        self.starting -= 1
        self.running += 1
        charge.since = now

    def has_not_started(self, charge: Charge) -> None:
        """There is no pod, and never will be."""
        self.starting -= 1
        del self.charges[charge.name]

    def is_full(self, charge: Charge, now: float) -> None:
        """There is no room for a pod: it has to wait, and pods that have ended are not kept."""
        self.starting -= 1
        self._queue.appendleft(charge)
        self.quota.refused(self.running, now)
        self._leaving = dict.fromkeys(self._leaving, 0.0)

    def has_ended(self, charge: Charge, how: Exit) -> None:
        """The container of a work has ended."""
        charge.exit = how
        self.running -= 1

    def missing(self, there: set[str], since: float) -> list[Charge]:
        """Works whose pods are not among those that a list from `since` has; others are gone."""
        for name in self.strays.keys() - there:
            self.forget(name)
        charges = self.charges.values()
        return [each for each in charges if 0 < each.since < since and each.name not in there]

    # -- pods that are to go ------------------------------------------------------------------

    def release(self, charge: Charge, at: float) -> None:
        """A work is over; its pod is to be deleted at a moment of the monotonic clock."""
        del self.charges[charge.name]
        self._leaving[charge.name] = at

    def forget(self, name: str) -> None:
        """A pod is gone."""
        self.strays.pop(name, None)
        self._leaving.pop(name, None)

    def sweep(self, now: float) -> list[str]:
        """Pods that are to be deleted now, together."""
        due = [name for name, at in self._leaving.items() if at <= now]
        if len(due) < BATCH and all(self._leaving[name] > now - GATHER for name in due):
            return []
        due = [name for name in due[:BATCH] if name not in self.charges]
        for name in due:
            del self._leaving[name]
        return due

    # -- pods of others -----------------------------------------------------------------------

    def meet(self, pod: Pod, now: float, keep: float) -> None:
        """A pod that no work under way belongs to; if it has ended it goes after `keep` seconds."""
        name = pod.metadata.name
        since = self.strays[name].since if name in self.strays else now
        self.strays[name] = Stray(pod, since)
        if name not in self._leaving and pod.status.phase in {"Succeeded", "Failed"}:
            self._leaving[name] = now + keep

    def old(self, now: float, age: float) -> list[Pod]:
        """Pods of others that have been there for so many seconds, and have not ended."""
        found = [
            each.pod
            for name, each in self.strays.items()
            if each.since < now - age and name not in self._leaving
        ]
        for pod in found:
            self.strays[pod.metadata.name].since = now  # asked about again after the same time
        return found
