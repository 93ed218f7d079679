"""All hosts of an executor, and their works: one thread, which never waits for any of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from functools import partial
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, time
from typing import Final

from volery.data.storage import Storage
from volery.executors.contained.exits import Exit, failure_of
from volery.executors.contained.works import Held, Works
from volery.executors.results import Death, aborted, crashed, fault, stopped
from volery.executors.warm.environment import Environment, environment_of
from volery.executors.warm.host import Host
from volery.executors.warm.pool import Pool
from volery.executors.warm.stream import Ending, Stream
from volery.executors.worker import cause
from volery.ir.failure import overdue, unloaded
from volery.ir.work import IMPORT_LIMIT, CallEnded, Result
from volery.worker.host_protocol import (
    Beat,
    Died,
    FromHost,
    Open,
    Said,
    Stop,
)
from volery.worker.protocol import (
    Asked,
    Done,
    Loaded,
    Ready,
)
from volery.worker.warden import BY_SIGNAL

BEAT: Final = 10.0
"""Seconds after which a host says that it is there, and is told so."""
SILENCE: Final = 60.0
"""Seconds without a word after which a host, or its executor, is taken to be gone."""
START: Final = 600.0
"""Seconds that a host has to take works, such as to fetch their code, from when it is there."""
_MOST_WAIT: Final = 60.0

Start = Callable[[Environment, str], Stream]
"""Starts a host for an environment, under a name; waits. Raises NoHost."""


def prefix_of(server: str) -> str:
    """What the names of the hosts of a server begin with."""
    return f"volery-{hashlib.blake2b(server.encode(), digest_size=5).hexdigest()}"


def elsewhere(storage: Storage) -> Callable[[Environment], Open]:
    """What hosts have to know that reach the storage with the variables that they are given."""
    return lambda environment: Open((), environment.package, storage.url, None, BEAT, SILENCE)


class Warm:
    """Works that are for containers which stay.

    Args:
        works: told what becomes of them.
        start: see there.
        opened: what a host of an environment has to know first.
        prefix: of the names of hosts.
        crowded: whether others wait for what hosts have of the machine: they do not idle then.

    Attributes:
        calling: how many works do nothing but wait for calls.
    """

    def __init__(
        self,
        works: Works,
        start: Start,
        opened: Callable[[Environment], Open],
        prefix: str,
        crowded: Callable[[], bool] = lambda: False,
    ) -> None:
        self._works = works
        self._start = start
        self._opened = opened
        self._prefix = prefix
        self._crowded = crowded
        self._calls: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._pools: dict[Environment, Pool] = {}
        self._newest: dict[str, Environment] = {}
        """By task: containers for what it was before are not kept without work."""
        self._sent: dict[int, tuple[Pool, Host]] = {}
        self.calling = 0
        self._thread: Thread | None = None
        """From the first attempt on: most executors never have one for a container that stays."""

    def launch(self, held: Held) -> None:
        """Begin an attempt."""
        if self._thread is None:
            self._thread = Thread(target=self._run, name="volery-warm", daemon=True)
            self._thread.start()
        self._calls.put(partial(self._launch, held))

    def stop(self, held: Held) -> None:
        """Stop an attempt, which is noted as to be stopped. Another's is passed over."""
        if self._thread is not None:
            self._calls.put(partial(self._stop, held))

    def answer(self, ends: Sequence[CallEnded]) -> None:
        """Say how calls ended. One whose work is over is passed over."""
        if self._thread is not None:
            for end in ends:
                self._calls.put(partial(self._answer, end))

    def wake(self) -> None:
        """Others have begun to wait."""
        if self._thread is not None:
            self._calls.put(_nothing)

    def close(self) -> None:
        """End all hosts with all that they do."""
        if self._thread is not None:
            self._calls.put(None)
            self._thread.join()

    # -- in the thread --------------------------------------------------------------------

    def _run(self) -> None:
        while (call := self._next()) is not None:
            try:
                call()
                self._look(monotonic())
            except Exception as error:  # noqa: BLE001 - nothing may wait for ever
                for held in self._works.all():
                    self._works.failed(held.name, fault("of containers that stay", error))
        hosts = [host for pool in self._pools.values() for host in pool.hosts]
        for host in hosts:
            host.leave()
        for host in hosts:
            host.join()

    def _next(self) -> Callable[[], None] | None:
        """What to do next; None: to end."""
        try:
            return self._calls.get(timeout=max(0.0, self._next_look() - monotonic()))
        except Empty:
            return _nothing

    def _next_look(self) -> float:
        hosts = [host for pool in self._pools.values() for host in pool.hosts]
        times = [monotonic() + _MOST_WAIT]
        times += [pool.next_look() for pool in self._pools.values()]
        times += [host.said + BEAT for host in hosts if host.ready]
        times += [_silent_at(host) for host in hosts]
        return min(times)

    def _look(self, now: float) -> None:
        for environment, pool in list(self._pools.items()):
            for host in pool.hosts:
                if now >= _silent_at(host):
                    host.heard = now
                    host.leave()
                elif host.ready and now >= host.said + BEAT:
                    host.send(Beat(), now)
            pool.settle(now)
            if self._crowded():
                pool.give_way()
            for host in pool.hosts:
                self._sent.update((id, (pool, host)) for id in host.works)
            if pool.idle:
                del self._pools[environment]
        self.calling = sum(pool.calling for pool in self._pools.values())

    def _launch(self, held: Held) -> None:
        environment = environment_of(held.work)
        task = f"{environment.project}/{environment.domain}/{held.work.task}"
        if self._newest.get(task, environment) != environment:
            self._newest[task] = environment
            self._let_go()
        self._newest[task] = environment
        if environment not in self._pools:
            self._pools[environment] = Pool(environment, self._host)
        self._pools[environment].want(held)

    def _let_go(self) -> None:
        """Keep no containers for code that is not the newest of any task."""
        newest = set(self._newest.values())
        for environment, pool in self._pools.items():
            pool.least = environment.reuse.replicas[0] if environment in newest else 0

    def _host(self, pool: Pool) -> Host:
        environment = pool.environment
        name = f"{self._prefix}-{environment.digest}-{os.urandom(4).hex()}"
        start = partial(self._start, environment, name)
        host = Host(name, start, partial(self._tell, pool), now=monotonic())
        host.send(self._opened(environment), monotonic())
        return host

    def _tell(self, pool: Pool, host: Host, news: list[FromHost] | Ending) -> None:
        self._calls.put(partial(self._hear, pool, host, news))

    def _stop(self, held: Held) -> None:
        id = held.work.id
        if id in self._sent:
            self._sent[id][1].send(Stop((id,)), monotonic())
            return
        for pool in self._pools.values():
            if held in pool.waiting:
                pool.waiting.remove(held)
                self._works.over(held.name, aborted(id))

    def _answer(self, end: CallEnded) -> None:
        if end.work in self._sent:
            self._sent[end.work][1].answer(end, monotonic())

    def _hear(self, pool: Pool, host: Host, news: list[FromHost] | Ending) -> None:
        if isinstance(news, Ending):
            self._ended(pool, host, news)
            return
        host.heard = monotonic()
        for message in news:
            match message:
                case Ready():
                    pool.came_up(host, host.heard)
                case Done(result):
                    self._over(pool, host, result.id, lambda _held, result=result: result)
                case Died(work):
                    self._over(pool, host, work, partial(_died, message))
                case _:
                    self._pass_on(host, message)

    def _pass_on(self, host: Host, message: Loaded | Said | Asked | Beat) -> None:
        """Pass on what is said of a work, unless that is over."""
        match message:
            case Beat():
                return
            case Asked(call):
                if held := host.works.get(call.work):
                    host.ask(call)
                    self._works.asked(held.name, call)
            case Loaded(work):
                if held := host.works.get(work):
                    self._works.began(held.name, time())
            case Said(work, records):
                if held := host.works.get(work):
                    self._works.printed(held.name, records)

    def _over(self, pool: Pool, host: Host, id: int, result: Callable[[Held], Result]) -> None:
        held = pool.finish(host, id, monotonic())
        if held is not None:
            del self._sent[id]
            self._works.over(held.name, result(held))

    def _ended(self, pool: Pool, host: Host, ending: Ending) -> None:
        """A host has ended, and all that it did with it."""
        failure = ending.failure
        pool.ended(host, refused=not failure.retryable)
        lost = list(host.works.values())
        for held in lost:
            del self._sent[held.work.id]
        if pool.hopeless:
            lost += pool.give_up()
        for held in lost:
            self._works.over(held.name, Result(held.work.id, None, failure, (), held.began, time()))


def _nothing() -> None:
    """It is time to look."""


def _silent_at(host: Host) -> float:
    """When a host that says nothing is given up."""
    return host.heard + (SILENCE if host.ready else START)


def _died(died: Died, held: Held) -> Result:
    """The result of a work whose process has ended without one."""
    if died.late:
        limit = held.work.limit or 0.0
        why = overdue(limit) if held.began else unloaded(max(limit, IMPORT_LIMIT))
        return stopped(died.work, why, held.began, died.tail)
    if died.out_of_memory:
        end = Exit(BY_SIGNAL - died.status, "OutOfMemory")
        failure = failure_of(end, None, died.tail)
        return Result(died.work, None, failure, (), held.began, time())
    return crashed(died.work, held.began, Death(cause(died.status), died.tail, ()))
