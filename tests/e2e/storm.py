"""A storm: clients of a server that is killed over and over, and what is true when it is over."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from tests.servers.volery import VoleryServer

from volery.client.http import HttpBackend
from volery.engine import invariants
from volery.errors import AlreadyExists, NotFound, Unavailable
from volery.services.home import Home
from volery.services.records import opened
from volery.store.base import Store
from volery.testing import pictures
from volery.wire.backend import Backend
from volery.wire.entities import EntityKey
from volery.wire.executions import Event, NewExecution, Signal

PROJECT = Path(__file__).parent / "errands"
CLIENTS = 8
PATIENCE = 120.0
"""Seconds for which a client tries again."""
TOGETHER = 20
"""Executions that are asked for one after another before their ends are awaited."""
LONGEST = 1.5
"""Most seconds from the moment when a server answers to the one when it is killed."""
UP = 1.0
"""The same from its start, where it is killed on its way up."""


class Promise(NamedTuple):
    """What a server has accepted, and what has to become of it.

    Attributes:
        outputs: None: it was aborted.
        seen: lines that somebody who watched it has been told; None: nobody did.
    """

    id: str
    outputs: dict[str, object] | None
    seen: tuple[int, ...] | None


class Client:
    """Asks for one thing after the other, and remembers what it was promised.

    Args:
        backend: the server.
        name: what the names of its executions begin with.
        draw: chooses.
    """

    def __init__(self, backend: Backend, name: str, draw: random.Random) -> None:
        self.promises: list[Promise] = []
        self._backend = backend
        self._name = name
        self._draw = draw
        self._count = 0

    def run(self, over: threading.Event) -> list[Promise]:
        """Go on until it is over; what it was promised."""
        asked = (self._errand, self._gated, self._stuck, self._many)
        while not over.is_set():
            self._draw.choice(asked)()
        return self.promises

    def _errand(self) -> None:
        x = self._draw.randrange(1000)
        id = self._create("errand", x=x)
        self._promised(id, 2 * sum(range(x, x + 8)) + 4 * x, self._watch(id))

    def _gated(self) -> None:
        x, answer = self._draw.randrange(1000), self._draw.randrange(1000)
        id = self._create("gated", x=x)
        signal = Signal("go", answer)
        seen = self._watch(id, lambda: self._insist(lambda: self._backend.signal(id, signal)))
        self._promised(id, sum(range(x, x + 8)) + 2 * answer, seen)

    def _stuck(self) -> None:
        id = self._create("stuck")
        seen = self._watch(id, lambda: self._backend.abort(id, "enough"))
        self.promises.append(Promise(id, None, seen))

    def _many(self) -> None:
        """Without waiting for their ends."""
        for _ in range(TOGETHER):
            x = self._draw.randrange(1000)
            id = self._create("doubled", x=x)
            self._promised(id, 2 * x, None)
        self._watch(id)

    def _create(self, workflow: str, **inputs: object) -> str:
        self._count += 1
        key = EntityKey("workflow", f"errands.{workflow}")
        name = f"{self._name}-{self._count}"
        return self._backend.execute(NewExecution(key, inputs, name=name)).id

    def _promised(self, id: str, output: int, seen: tuple[int, ...] | None) -> None:
        self.promises.append(Promise(id, {"o0": output}, seen))

    def _watch(self, id: str, act: Callable[[], object] = lambda: None) -> tuple[int, ...]:
        """Watch an execution to its end, and act once when its first node has begun."""
        seen: list[int] = []
        for event in self._backend.watch(id):
            seen.append(event.seq)
            if _is_first(event):
                act()
        return tuple(seen)

    @staticmethod
    def _insist(call: Callable[[], object]) -> None:
        """Call until it has happened. What is over is what an answer that was lost would say."""
        with suppress(AlreadyExists, NotFound):
            while True:
                try:
                    call()
                except Unavailable:
                    continue
                return


def _is_first(event: Event) -> bool:
    return event.path == "n0" and event.event == "RUNNING"


def storm(server: VoleryServer, kills: int, seed: int) -> list[Promise]:
    """Kill a server at random moments, and start it again; in the end it runs.

    Returns:
        All that it has promised, and what those who watched have seen.
    """
    draw = random.Random(seed)
    over = threading.Event()
    with (
        ThreadPoolExecutor(CLIENTS) as pool,
        closing(HttpBackend(server.url, patience=PATIENCE)) as backend,
    ):
        server.start()
        clients = [Client(backend, f"c{n}", random.Random(f"{seed}.{n}")) for n in range(CLIENTS)]
        futures: list[Future[list[Promise]]] = [pool.submit(each.run, over) for each in clients]
        try:
            for _ in range(kills):
                _live(server, draw)
                server.kill()
                server.start()
            server.await_ready()
        finally:
            over.set()
        return [promise for each in futures for promise in each.result()]


def _live(server: VoleryServer, draw: random.Random) -> None:
    """Let it come to a random moment: one time in four, on its way up."""
    moment = draw.uniform(0, LONGEST)
    if draw.randrange(4) == 0:
        moment *= UP / LONGEST
    else:
        server.await_ready()
    assert server.outlives(moment), server.log.read_text()[-2000:]


def broken(server: VoleryServer, home: Path, promises: list[Promise]) -> list[str]:
    """Promises that were not kept, each with what is wrong."""
    problems: list[str] = []
    with closing(HttpBackend(server.url)) as backend, opened(Home(home)) as store:
        for promise in promises:
            problems += (f"{promise.id}: {each}" for each in _wrong(backend, store, promise))
    return problems


def _wrong(backend: Backend, store: Store, promise: Promise) -> Iterator[str]:
    id, outputs, seen = promise
    wanted = "ABORTED" if outputs is None else "SUCCEEDED"
    if (phase := backend.execution(id).phase) != wanted:
        yield f"expected {wanted}, is {phase}"
    elif outputs is not None and (values := backend.outputs(id).values) != outputs:
        yield f"expected {outputs}, gave {values}"
    told = tuple(line.seq for line in pictures.lines(store, id))
    if seen not in {None, told}:
        yield f"the journal has {told}, and whoever watched has seen {seen}"
    for execution in pictures.family(store, id):
        yield from invariants.broken(pictures.picture(store, execution))
