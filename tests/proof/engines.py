"""A process from which engines are started, each a process of its own that does not import anew.

Reads a line of JSON for each, says its process id, and waits for it when it is told to.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, cast

import msgspec
from tests.engine import corpus

from volery.clock import SystemClock
from volery.data.current import using
from volery.engine.model import Phase
from volery.errors import LeaseLost, StoreError, VoleryError
from volery.executors.base import Executor
from volery.executors.inline import InlineExecutor
from volery.executors.process import ProcessExecutor
from volery.ir.values import pack
from volery.sdk.compile import compile_entity
from volery.sdk.fingerprint import fingerprinted
from volery.sdk.task import Task
from volery.services.home import Home
from volery.services.lease import LEASE
from volery.services.orchestrator import Orchestrator
from volery.services.owners import Owner, is_alive
from volery.store.base import Store
from volery.store.sqlite import open_sqlite
from volery.testing import crashes
from volery.testing.crashes import STATEMENT, Point, Watched, WatchedDatabase

FLOW = corpus.everything
PROGRAM = fingerprinted(compile_entity(FLOW))
TASKS = {each.name: each for each in vars(corpus).values() if isinstance(each, Task)}
REPOSITORY = str(Path(__file__).parents[2])
ERROR, LOST = 3, 4
"""How a process ends that got an error, or has learned that it was taken for dead."""


class Engine(msgspec.Struct, frozen=True):
    """What an engine is to do.

    Attributes:
        home: its folder.
        url: of a PostgreSQL database; empty: the one in the home.
        root: the execution that it submits and drives.
        takes_over: the execution is there, and whoever drives it may be taken for dead.
        workers: tasks run in processes of their own.
        point, nth, mishap: what befalls it, and where; None: nothing.
    """

    home: str
    root: str
    url: str = ""
    takes_over: bool = False
    workers: bool = False
    point: Point | None = None
    nth: int = 1
    mishap: crashes.Mishap = "kill"


class Fate:
    """Brings the mishap about."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reached = Counter[Point]()

    def befall(self, point: Point, _answer: Any) -> None:
        self._reached[point] += 1
        if point != self._engine.point or self._reached[point] != self._engine.nth:
            return
        match self._engine.mishap:
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            case "stop":
                os.kill(os.getpid(), signal.SIGSTOP)
            case _:
                raise StoreError(f"simulated: {point}")


class Ahead(SystemClock):
    """Shows a time at which the leases of all that are silent have run out."""

    def now(self) -> float:
        return super().now() + 2 * LEASE


def drive(engine: Engine) -> None:
    """Be an engine, as `embedded` makes one, until the execution has ended."""
    home, fate = Home(Path(engine.home)), Fate(engine)
    home.make()
    with ExitStack() as stack:
        store = _store(engine, home, fate)
        stack.callback(store.close)
        owner = stack.enter_context(Owner(home))
        storage = home.storage()
        stack.enter_context(using(storage))
        executor: Any = InlineExecutor(TASKS)
        if engine.workers:
            executor = ProcessExecutor(
                [REPOSITORY], scratch=owner.scratch, storage=storage, workers=1
            )
        stack.callback(executor.close)
        orchestrator = Orchestrator(
            cast("Store", Watched(store, "store", fate.befall)),
            cast("Executor", Watched(executor, "executor", fate.befall)),
            clock=Ahead() if engine.takes_over else SystemClock(),
            owner=owner.id,
            alive=lambda other: is_alive(home, other),
            on_print=lambda _claim, _result: None,
        )
        stack.callback(orchestrator.close)

        def answer_gates() -> None:
            for node in store.nodes(engine.root):
                if node.kind == "gate" and node.phase is Phase.RUNNING and not node.signalled:
                    orchestrator.signal(engine.root, node.path, pack(True))  # noqa: FBT003

        if engine.takes_over:
            orchestrator.take_over(engine.root)
        else:
            orchestrator.submit(PROGRAM.bundle, FLOW.ref, b"\x80", name=engine.root)
        orchestrator.drain(engine.root, answer_gates)


def _store(engine: Engine, home: Home, fate: Fate) -> Any:
    if engine.url:
        from volery.store.postgres import open_postgres

        opened = open_postgres(engine.url)
    else:
        opened = open_sqlite(home.database)
    if engine.point == STATEMENT:
        opened._database = WatchedDatabase(opened._database, fate.befall)
    return opened


def begin(engine: Engine) -> int:
    """Start a process; returns its id."""
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        drive(engine)
        status = 0
    except LeaseLost:
        status = LOST
    except VoleryError as error:
        status = ERROR if "simulated" in str(error) else 1
        if status == 1:
            print(repr(error), file=sys.stderr, flush=True)
    finally:
        os._exit(status)


def main() -> None:
    """Do what is asked; at the end of the questions nobody is left."""
    children: set[int] = set()
    for line in sys.stdin:
        asked = json.loads(line)
        if isinstance(asked, int):
            _, status = os.waitpid(asked, os.WUNTRACED)
            if not os.WIFSTOPPED(status):
                children.discard(asked)
            answer: Any = "stopped" if os.WIFSTOPPED(status) else os.waitstatus_to_exitcode(status)
        else:
            answer = begin(msgspec.convert(asked, Engine))
            children.add(answer)
        print(json.dumps(answer), flush=True)
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


if __name__ == "__main__":
    main()
