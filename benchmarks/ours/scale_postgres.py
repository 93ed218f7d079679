"""Durable runs on PostgreSQL: two replicas of the engine, a worker process each. Tasks a second.

    python ours/scale_postgres.py URL TASKS

Each workflow runs once before it is timed.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Event, Thread

import flows
from measure import refuse, report, timed
from volery.data.storage import Storage
from volery.services.engine import Engine, embedded

REPETITIONS = 2


def engine(url: str, folder: Path, name: str):  # noqa: ANN201 - a context manager of an Engine
    """A replica: with a home of its own, and the storage and the database of all."""
    storage = Storage((folder / "storage").as_uri())
    return embedded(folder / name, database=url, storage=storage, workers=1, pool="bench")


def replicate(url: str, folder: Path) -> None:
    """A replica that drives what comes until nobody needs it any more."""
    over = Event()
    Thread(target=lambda: (sys.stdin.read(), over.set()), daemon=True).start()
    with engine(url, folder, "other") as other:
        print("ready", flush=True)
        other.serve(over.is_set)


def measure(here: Engine, tasks: int) -> dict[str, list[float]]:
    measured: dict[str, list[float]] = {}
    for shape in ("chain", "fan"):
        entity = getattr(flows, f"{shape}_{tasks}")
        expected = tasks if shape == "chain" else tasks * (tasks + 1) // 2

        def run(entity: object = entity) -> object:
            (output,) = here.run(entity).outputs.values()
            return output

        run()
        measured[shape] = [tasks / timed(run, expected) for _ in range(REPETITIONS)]
    return measured


def main(url: str, tasks: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, __file__, "replica", url, folder]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as other:
            told = other.stdout.readline() if other.stdout else ""
            refuse(told != "ready\n", "the other replica did not start")
            with engine(url, Path(folder), "here") as here:
                measured = measure(here, tasks)
            other.communicate()
    report(measured)


if __name__ == "__main__":
    if sys.argv[1] == "replica":
        replicate(sys.argv[2], Path(sys.argv[3]))
    else:
        main(sys.argv[1], int(sys.argv[2]))
