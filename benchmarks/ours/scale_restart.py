"""Restart after kill -9: how long until every execution that was under way moves again.

    python ours/scale_restart.py EXECUTIONS

A process submits executions of three tasks, begins to drive them and is killed in the middle.
Another one takes over. An execution moves again when it is driven by the new process and everything
that the dead one had in its hands is back in the outbox or further.
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

from flows import chain_3
from measure import refuse, report
from scale_many import submit
from volery.engine.model import Phase
from volery.services.engine import Engine, embedded

POOL = "restart"


def drive(home: Path, count: int) -> None:
    """What the process that is killed does."""
    with embedded(home, pool=POOL) as engine:
        engine.run(chain_3)
        submit(engine, count)
        print("submitted", flush=True)
        engine.finish()


def left(engine: Engine, me: str) -> int:
    """How many of the running executions do not move yet."""
    running = engine.store.executions(limit=1_000_000, phases=[Phase.RUNNING])
    return sum(record.owner != me for record in running)


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        command = [sys.executable, __file__, "drive", folder, str(count)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            refuse(
                process.stdout is None or "submitted" not in process.stdout.readline(), "no start"
            )
            os.kill(process.pid, signal.SIGKILL)
        started = perf_counter()
        with embedded(home, pool=POOL) as engine:
            moving: list[float] = []

            def all_move() -> bool:
                if not moving and not left(engine, engine.owner):
                    moving.append(perf_counter() - started)
                return bool(moving)

            engine.serve(all_move)
            engine.finish()
            done = engine.store.executions(limit=count + 2, phases=[Phase.SUCCEEDED])
            refuse(len(done) != count + 1, f"{len(done)} of {count + 1} have succeeded")
    report({"seconds": moving})


if __name__ == "__main__":
    if sys.argv[1] == "drive":
        drive(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main(int(sys.argv[1]))
