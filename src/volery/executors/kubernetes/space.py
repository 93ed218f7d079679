"""The pods of one namespace: those that are to come, those that are there, those that are to go.

This is state alone: the executor asks the cluster, and holds a lock meanwhile.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from volery.executors.contained.exits import Exit
from volery.executors.contained.works import Held
from volery.executors.kubernetes.api import Refusal
from volery.executors.kubernetes.contact import Contact
from volery.executors.kubernetes.log import PodLog
from volery.executors.kubernetes.quota import Quota
from volery.executors.kubernetes.settings import Kind, Limits
from volery.executors.kubernetes.status import Pod, has_ended

BATCH: Final = 40
"""Pods that are deleted by one request."""
GATHER: Final = 2.0
"""Seconds that a pod waits for others to be deleted with; one that was kept for longer, as long."""
AGAIN: Final = 10.0
"""Seconds at least before it is asked again whether anybody wants a pod."""


class Leaving(NamedTuple):
    """When a pod is deleted that has ended, by the monotonic clock.

    Attributes:
        since: at the earliest, with others.
        until: at the latest.
    """

    since: float = 0.0
    until: float = 0.0


class Crowded(NamedTuple):
    """There was no room for a pod.

    Attributes:
        refusal: of the cluster, the last one.
        since: of the first one, by `Space.contact`.
    """

    refusal: Refusal
    since: float


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
        kept: all that it printed is in the storage.
        lost: it was gone before it was known to be there.
        crowded: there was no room for its pod, and is none yet.
        waits: for what (see `Waiting.kind`), and since when, by `Space.contact`.
        doubted: it seems to wait for too long, and the cluster is asked whether it does.
        exit: how it has ended; None: it has not.
        log: read while it runs; None: at the end.
        stopping: it was asked to end.
        unwanted: its pod need not be kept when it has ended.
        away_since: since when the storage is not reached for it, by the monotonic clock; None: it
            is.
    """

    held: Held
    primary: str
    since: float = 0.0
    pod: Pod | None = None
    runs: bool = False
    printed: str | None = None
    kept: bool = False
    lost: bool = False
    crowded: Crowded | None = None
    waits: tuple[Kind, float] | None = None
    doubted: bool = False
    exit: Exit | None = None
    log: PodLog | None = None
    stopping: bool = False
    unwanted: bool = False
    away_since: float | None = None

    @property
    def name(self) -> str:
        """The name of the attempt and of the pod."""
        return self.held.name

    def may_wait(self, now: float, limit: float) -> bool:
        """Whether a storage that was just not reached may be waited for."""
        self.away_since = now if self.away_since is None else self.away_since
        return now < self.away_since + limit


@dataclass
class Stray:
    """A pod of this server that no work under way here belongs to.

    Attributes:
        pod: as it was last seen.
        age: seconds after which it is asked whether anybody wants it, and asked again.
        ask: when that is, by the monotonic clock.
    """

    pod: Pod
    age: float
    ask: float


@dataclass
class Space:
    """What is known of a namespace.

    Attributes:
        name: of the namespace.
        charges: works under way, by name.
        strays: other pods of this server, by name.
        hosts: pods of this server that stay, as they were last seen, by name.
        listed: its pods are known.
        refusal: why the cluster does not show the pods; None: it does, or is away.
        contact: for how long there was news of the pods.
        quota: how many pods it takes.
        starting: how many pods are being asked for.
        running: how many there are that have not ended.
    """

    name: str
    charges: dict[str, Charge] = field(default_factory=dict[str, Charge])
    strays: dict[str, Stray] = field(default_factory=dict[str, Stray])
    hosts: dict[str, Pod] = field(default_factory=dict[str, Pod])
    listed: bool = False
    refusal: Refusal | None = None
    contact: Contact = field(default_factory=Contact)
    quota: Quota = field(default_factory=Quota)
    starting: int = 0
    running: int = 0
    _queue: deque[Charge] = field(default_factory=deque[Charge])
    _leaving: dict[str, Leaving] = field(default_factory=dict[str, Leaving])
    _busy: float = 0.0
    """When attempts were last seen to have pods here, by `contact`."""

    def believes(self, refusal: Refusal) -> bool:
        """Whether what is refused will be refused later as well."""
        if refusal.passing:
            return False
        return not refusal.of_rights or self.refusal is not None or not self.contact.is_fresh

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
        charge.crowded = None

    def has_not_started(self, charge: Charge) -> None:
        """There is no pod, and never will be."""
        self.starting -= 1
        del self.charges[charge.name]

    def is_full(self, charge: Charge, refusal: Refusal, now: float) -> None:
        """There is no room for a pod, and pods that have ended are not kept.

        It waits behind the others, among which may be smaller ones.
        """
        self.starting -= 1
        self._queue.append(charge)
        since = charge.crowded.since if charge.crowded else self.contact.time
        charge.crowded = Crowded(refusal, since)
        self.quota.refused(self.running, now)
        self._leaving = dict.fromkeys(self._leaving, Leaving())

    @property
    def busy(self) -> bool:
        """Whether attempts have pods here, which make room when they end."""
        return self.running > 0 or not all(has_ended(each.pod) for each in self.strays.values())

    def crowded_out(self, limit: float) -> list[Charge]:
        """Take works back for which others have left no room, for so many seconds."""
        now = self.contact.time
        if self.busy:
            self._busy = now
        found = [
            each
            for each in self._queue
            if each.crowded and now - max(each.crowded.since, self._busy) > limit
        ]
        for each in found:
            self.withdraw(each)
        return found

    def has_ended(self, charge: Charge, how: Exit) -> None:
        """The container of a work has ended."""
        charge.exit = how
        self.running -= 1

    # -- pods that are there ------------------------------------------------------------------

    def late(self, limits: Limits) -> list[Charge]:
        """Works whose pods wait for too long, as far as is known; each is doubted from now on."""
        charges = self.charges.values()
        found = [each for each in charges if not each.doubted and self.is_late(each, limits)]
        for each in found:
            each.doubted = True
        return found

    def is_late(self, charge: Charge, limits: Limits) -> bool:
        """Whether a pod waits for too long."""
        if charge.waits is None or charge.exit is not None:
            return False
        kind, since = charge.waits
        return self.contact.time - since > limits.of(kind)

    def missing(self, there: set[str], since: float) -> list[Charge]:
        """Works whose pods are not among those that a list from `since` has; others are gone."""
        asked_for = {name for name, pod in self.hosts.items() if not pod.metadata.uid}
        for name in (self.strays.keys() | self.hosts.keys()) - there - asked_for:
            self.forget(name)
        charges = self.charges.values()
        return [each for each in charges if 0 < each.since < since and each.name not in there]

    # -- pods that are to go ------------------------------------------------------------------

    def release(self, charge: Charge, now: float, keep: float) -> None:
        """A work is over; its pod is to be deleted when it was kept for so many seconds."""
        del self.charges[charge.name]
        self._leaving[charge.name] = _leaves(now, keep)

    def forget(self, name: str) -> None:
        """A pod is gone."""
        self.strays.pop(name, None)
        self.hosts.pop(name, None)
        self._leaving.pop(name, None)

    def sweep(self, now: float) -> list[str]:
        """Pods that are to be deleted now, together."""
        due = [name for name, each in self._leaving.items() if each.since <= now]
        if len(due) < BATCH and all(self._leaving[name].until > now for name in due):
            return []
        due = [name for name in due[:BATCH] if name not in self.charges]
        for name in due:
            del self._leaving[name]
        return due

    # -- pods of others -----------------------------------------------------------------------

    def meet(self, pod: Pod, now: float, keep: float, orphans: float) -> None:
        """A pod that no work under way belongs to.

        Somebody may launch its work again. It is asked about `keep` seconds after its end, or
        `orphans` seconds after it was met.
        """
        name = pod.metadata.name
        met = self.strays.get(name)
        if met is None or (has_ended(pod) and not has_ended(met.pod)):
            age = keep if has_ended(pod) else orphans
            self.strays[name] = Stray(pod, age, now + age)
        else:
            met.pod = pod

    def doubtful(self, now: float) -> list[Pod]:
        """Pods of others of which it is time to know whether anybody wants them."""
        due = [each for each in self.strays.values() if each.ask <= now]
        for each in due:
            each.ask = now + max(AGAIN, each.age)
        return [each.pod for each in due if each.pod.metadata.name not in self._leaving]

    def let_go(self, name: str, now: float) -> None:
        """Nobody wants a pod that has ended: it is deleted with others."""
        if name in self.strays:
            self._leaving.setdefault(name, _leaves(now))


def _leaves(now: float, keep: float = 0.0) -> Leaving:
    """When a pod is deleted that is to be kept for so many seconds."""
    return Leaving(now + keep, now + keep + max(GATHER, keep))
