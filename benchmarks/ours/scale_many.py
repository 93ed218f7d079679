"""Many small executions in one embedded engine: all at once, and a thousand at a time.

    python ours/scale_many.py EXECUTIONS

Each has three tasks, one after the other. What others that are active cost an execution is the time
for one among all of them, relative to that for one among a thousand.
"""

import sys
import tempfile
from pathlib import Path

from flows import chain_3
from measure import clocked, refuse, report
from volery.engine.model import Phase
from volery.ir.values import EMPTY
from volery.sdk.compile import compile_entity
from volery.services.engine import Engine, embedded

WAVE = 1_000


def submit(engine: Engine, count: int) -> None:
    program = compile_entity(chain_3)
    for _ in range(count):
        engine.submit(program, chain_3.ref, EMPTY)


def check(engine: Engine, count: int) -> None:
    """All of them have succeeded, and nothing else was there."""
    succeeded = engine.store.executions(limit=count + 1, phases=[Phase.SUCCEEDED])
    refuse(len(succeeded) != count, f"{len(succeeded)} of {count} have succeeded")


def at_once(count: int) -> float:
    with tempfile.TemporaryDirectory() as home, embedded(Path(home)) as engine:
        engine.run(chain_3)
        submit(engine, count)
        seconds, _ = clocked(engine.finish)
        check(engine, count + 1)
    return seconds


def in_waves(count: int) -> float:
    with tempfile.TemporaryDirectory() as home, embedded(Path(home)) as engine:
        engine.run(chain_3)
        seconds = 0.0
        for _ in range(count // WAVE):
            submit(engine, WAVE)
            seconds += clocked(engine.finish)[0]
        check(engine, count + 1)
    return seconds


def main(count: int) -> None:
    waves, all_of_them = in_waves(count), at_once(count)
    report(
        {
            "executions": [count / all_of_them],
            "slower": [all_of_them / waves],
        }
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
