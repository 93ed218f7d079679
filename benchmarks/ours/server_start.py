"""`volery serve` on an existing home: seconds until it is ready, megabytes when nobody asks.

python ours/server_start.py TIMES
"""

import sys
import tempfile
from pathlib import Path
from time import sleep

from measure import report
from serving import register, serving

IDLE = 3.0
"""Seconds without a request before memory is read."""


def main(times: int) -> None:
    measured: dict[str, list[float]] = {"seconds": [], "memory": []}
    with tempfile.TemporaryDirectory() as folder:
        register(Path(folder))
        for _ in range(times):
            with serving(Path(folder)) as served:
                measured["seconds"].append(served.seconds)
                sleep(IDLE)
                measured["memory"].append(served.memory())
    report(measured)


if __name__ == "__main__":
    main(int(sys.argv[1]))
