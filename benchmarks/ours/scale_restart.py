"""Restart after kill -9: how long until all that was under way moves again.

    python ours/scale_restart.py EXECUTIONS

A process submits executions of three tasks, drives them, and is killed once it has as many attempts
in its hands as a worker process is ever given. Then another process is started. All moves again
when that one drives every execution, has given up every attempt of the dead one, and has carried
out as many itself.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from flows import chain_3
from measure import refuse, report
from scale_many import check, submit
from volery.engine.model import AttemptPhase, Phase
from volery.executors.base import Event, Executor
from volery.executors.lane import MAX_AHEAD
from volery.ir.work import Result
from volery.services.engine import Engine, embedded
from volery.store.base import Claim

POOL = "restart"
IN_HANDS = MAX_AHEAD
"""So many attempts are in the hands of the process that is killed, at the least."""


class Counting:
    """An executor that counts the attempts that have succeeded."""

    def __init__(self, inner: Executor) -> None:
        self.succeeded = 0
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def poll(self, timeout: float, news: int | None = None) -> list[Event]:
        events = self._inner.poll(timeout, news)
        self.succeeded += sum(isinstance(each, Result) and each.failure is None for each in events)
        return events


def drive(home: Path, count: int) -> None:
    """What the process does that is killed."""
    with embedded(home, pool=POOL) as engine:
        engine.run(chain_3)
        submit(engine, count)

        def look() -> bool:
            if len(engine.store.held(engine.owner, None)) >= IN_HANDS:
                print("under way", flush=True)
            return not engine.store.executions(limit=1, phases=[Phase.RUNNING])

        engine.serve(look)


def take_over(home: Path, count: int) -> None:
    """What the process does that is started then."""
    counting: list[Counting] = []

    def counted(executor: Executor, _store: object) -> Executor:
        counting.append(Counting(executor))
        return counting[0]

    with embedded(home, pool=POOL, around=counted) as engine:
        [dead] = {each.owner for each in running(engine)}
        held = [claim for claim, _ in engine.store.held(str(dead), None)]
        least = len(held)
        refuse(least < IN_HANDS, f"only {least} attempts were under way")

        def moves() -> bool:
            while held and has_ended(engine, held[-1]):
                held.pop()
            return (
                not held
                and counting[0].succeeded >= least
                and not engine.store.executions(limit=1, phases=[Phase.RUNNING], owner=dead)
            )

        engine.serve(moves)
        print("moves", flush=True)
        refuse(not running(engine), "everything was over before it was known to move")
        engine.finish()
        check(engine, count + 1)


def running(engine: Engine) -> list[Any]:
    return engine.store.executions(limit=1_000_000, phases=[Phase.RUNNING])


def has_ended(engine: Engine, claim: Claim) -> bool:
    attempt = engine.store.attempt(claim)
    refuse(attempt is None, "an attempt is gone")
    return AttemptPhase(attempt.phase).terminal


def until(line: str, process: subprocess.Popen[str]) -> None:
    """Wait until a process says something."""
    refuse(process.stdout.readline().strip() != line, f"a process did not come to: {line}")


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:

        def start(what: str) -> subprocess.Popen[str]:
            command = [sys.executable, __file__, what, folder, str(count)]
            return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

        with start("drive") as victim:
            until("under way", victim)
            victim.kill()
        began = perf_counter()
        with start("take over") as successor:
            until("moves", successor)
            seconds = perf_counter() - began
        refuse(successor.returncode != 0, "it did not finish")
    report({"seconds": [seconds]})


if __name__ == "__main__":
    if len(sys.argv) == 2:
        main(int(sys.argv[1]))
    else:
        {"drive": drive, "take over": take_over}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))
