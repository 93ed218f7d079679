"""Many small executions in one embedded engine: all at once, and a hundred at a time.

    python ours/scale_many.py EXECUTIONS

Each has three tasks, one after the other. What others that are active cost an execution is the time
of the engine's processor for one among all of them, relative to that for one among a hundred.
"""

import sys
import tempfile
from pathlib import Path
from time import process_time

from flows import chain_3
from measure import clocked, refuse, report
from volery.engine.model import Phase
from volery.ir.values import EMPTY
from volery.sdk.compile import compile_entity
from volery.services.engine import Engine, embedded

WAVE = 100


def submit(engine: Engine, count: int) -> None:
    program = compile_entity(chain_3)
    for _ in range(count):
        engine.submit(program, chain_3.ref, EMPTY)


def check(engine: Engine, count: int) -> None:
    """All of them have succeeded, and nothing else was there."""
    succeeded = engine.store.executions(limit=count + 1, phases=[Phase.SUCCEEDED])
    refuse(len(succeeded) != count, f"{len(succeeded)} of {count} have succeeded")


def run(count: int, wave: int) -> tuple[float, float]:
    """Run so many at a time: seconds for all, and those of this processor while they are driven."""
    with tempfile.TemporaryDirectory() as home, embedded(Path(home)) as engine:
        engine.run(chain_3)
        seconds = driving = 0.0
        for _ in range(count // wave):
            seconds += clocked(lambda: submit(engine, wave))[0]
            began = process_time()
            seconds += clocked(engine.finish)[0]
            driving += process_time() - began
        check(engine, count + 1)
    return seconds, driving


def main(count: int) -> None:
    _, among_few = run(count, WAVE)
    seconds, among_all = run(count, count)
    report({"executions": [count / seconds], "slower": [among_all / among_few]})


if __name__ == "__main__":
    main(int(sys.argv[1]))
