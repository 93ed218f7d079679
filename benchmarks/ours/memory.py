"""The most memory that the engine's process needs for a durable fan-out of 10,000. Megabytes.

Worker processes are not counted: they are the users' code. Compiling and reading the outputs are.
"""

import tempfile
from pathlib import Path

from flows import fan_10000
from measure import peak_memory, report
from volery.services.engine import embedded


def main() -> None:
    with tempfile.TemporaryDirectory() as home, embedded(home=Path(home)) as engine:
        before = peak_memory()
        execution = engine.run(fan_10000, inputs={})
    if list(execution.outputs.values()) != [50_005_000]:
        message = f"wrong outputs: {execution.outputs}"
        raise AssertionError(message)
    report({"memory": [peak_memory()], "memory before": [before]})


if __name__ == "__main__":
    main()
