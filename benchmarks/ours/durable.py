"""Durable runs: every task in a worker process, every change in SQLite. Tasks a second.

Each workflow runs once before it is timed, in the same engine: workers are up, code is loaded, the
graph is compiled. The home is new for each process, on the disk that holds temporary files.
"""

import sys
import tempfile
from pathlib import Path

import flows
from measure import report, timed
from volery.services.engine import embedded

SIZES = {"fan": (100, 1_000, 10_000), "chain": (1_000,)}
REPETITIONS = {100: 5, 1_000: 3, 10_000: 1}


def main(largest: int) -> None:
    measured: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as home, embedded(home=Path(home)) as engine:
        for shape, sizes in SIZES.items():
            for n in sizes:
                if n > largest:
                    continue
                entity = getattr(flows, f"{shape}_{n}")
                expected = n if shape == "chain" else n * (n + 1) // 2

                def run(entity: object = entity) -> object:
                    (output,) = engine.run(entity, inputs={}).outputs.values()
                    return output

                run()
                measured[f"{shape} {n}"] = [n / timed(run, expected) for _ in range(REPETITIONS[n])]
    report(measured)


# Worker processes may import this module again.
if __name__ == "__main__":
    main(largest=int(sys.argv[1]))
