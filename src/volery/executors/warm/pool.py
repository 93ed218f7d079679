"""The hosts of one environment: how many there are, and what each of them is given."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from math import ceil, inf
from typing import TYPE_CHECKING, Final

from volery.executors.warm.environment import Environment
from volery.executors.warm.host import Host
from volery.worker.protocol import Run

if TYPE_CHECKING:
    from volery.executors.contained.works import Held

FAILED_STARTS: Final = 3
"""So many hosts in a row have to end on their way up before none is expected to come up."""


class Pool:
    """Gives works to hosts, and has as many of these as it takes.

    Args:
        environment: of its works.
        start: starts a host, which comes up by and by.

    Attributes:
        waiting: works that no host has yet, in order.
        hosts: those that have not ended.
        least: so many hosts stay without work.
    """

    def __init__(self, environment: Environment, start: Callable[[Pool], Host]) -> None:
        self.environment = environment
        self.waiting: deque[Held] = deque()
        self.hosts: list[Host] = []
        self.least = environment.reuse.replicas[0]
        self._start = start
        self._failed = 0

    @property
    def idle(self) -> bool:
        """Whether there is nothing to it any more."""
        return not self.waiting and not self.hosts and not self.least

    @property
    def calling(self) -> int:
        """How many works do nothing but wait for calls."""
        return sum(len(host.asked) for host in self.hosts)

    @property
    def hopeless(self) -> bool:
        """Whether no host is expected to come up."""
        return self._failed >= FAILED_STARTS

    def want(self, held: Held) -> None:
        """One more work waits for a host."""
        self.waiting.append(held)
        self.least = self.environment.reuse.replicas[0]

    def give_way(self) -> None:
        """End hosts that idle and have a part of the machine, until there is work for them."""
        if self.environment.requests is not None:
            self.least = 0
            for host in self.hosts:
                if host.ready and not host.works and not host.leaving:
                    host.idle_since = inf
                    host.leave()

    def settle(self, now: float) -> None:
        """Hand out works, start hosts that are lacking, and end those that have idled for long."""
        self._hand_out(now)
        self._start_lacking()
        self._retire(now)

    def next_look(self) -> float:
        """When a host may have to leave, on the monotonic clock."""
        if len(self.hosts) <= self.least:
            return inf
        ttl = self.environment.reuse.idle_ttl
        return min((host.idle_since + ttl for host in self.hosts), default=inf)

    def came_up(self, host: Host, now: float) -> None:
        """A host takes works."""
        host.ready, host.idle_since = True, now
        self._failed = 0

    def ended(self, host: Host, *, refused: bool) -> None:
        """A host has ended.

        Args:
            host: the host, whose works are no business of this any more.
            refused: another one would do no better.
        """
        self.hosts.remove(host)
        if not host.ready and not host.leaving:
            self._failed = FAILED_STARTS if refused else self._failed + 1

    def give_up(self) -> list[Held]:
        """Take out all works that wait: no host comes up for them."""
        waiting = list(self.waiting)
        self.waiting.clear()
        self._failed = 0
        return waiting

    def finish(self, host: Host, id: int, now: float) -> Held | None:
        """Take out a work that a host is done with; None: it is not there."""
        held = host.works.pop(id, None)
        host.asked.pop(id, None)
        if not host.works:
            host.idle_since = now
        return held

    def _hand_out(self, now: float) -> None:
        most = self.environment.reuse.concurrency
        for host in sorted(self.hosts, key=lambda host: host.busy):
            while self.waiting and host.ready and not host.leaving and host.busy < most:
                held = self.waiting.popleft()
                host.works[held.work.id] = held
                host.idle_since = inf
                host.send(Run((held.work,)), now)

    def _start_lacking(self) -> None:
        reuse = self.environment.reuse
        staying = [host for host in self.hosts if not host.leaving]
        starting = sum(not host.ready for host in staying)
        lacking = ceil(len(self.waiting) / reuse.concurrency) - starting
        wanted = max(self.least - len(staying), lacking)
        for _ in range(min(wanted, max(1, reuse.replicas[1]) - len(staying))):
            if not self.hopeless:
                self.hosts.append(self._start(self))

    def _retire(self, now: float) -> None:
        ttl = self.environment.reuse.idle_ttl
        surplus = sum(not host.leaving for host in self.hosts) - self.least
        for host in [each for each in self.hosts if each.idle_since + ttl <= now][
            : max(0, surplus)
        ]:
            host.idle_since = inf
            host.leave()
