"""The most memory that the engine's process needs for a durable fan-out of 10,000. Megabytes.

Worker processes are not counted: they are the users' code. Compiling and reading the outputs are.
"""

import resource
import sys
import tempfile
from pathlib import Path

from flows import fan_10000
from measure import report
from volery.services.engine import embedded


def peak() -> float:
    # VmHWM is this program's own; ru_maxrss also remembers the process that started it.
    status = Path("/proc/self/status")
    if status.exists():
        line = next(row for row in status.read_text().splitlines() if row.startswith("VmHWM"))
        return int(line.split()[1]) * 1_024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1_024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def main() -> None:
    with tempfile.TemporaryDirectory() as home, embedded(home=Path(home)) as engine:
        before = peak()
        execution = engine.run(fan_10000, inputs={})
    if list(execution.outputs.values()) != [50_005_000]:
        message = f"wrong outputs: {execution.outputs}"
        raise AssertionError(message)
    report({"memory": [peak()], "memory before": [before]})


if __name__ == "__main__":
    main()
