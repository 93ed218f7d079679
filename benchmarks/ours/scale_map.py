"""A map of many trivial elements, durable: how long, how much memory, how much database.

    python ours/scale_map.py ELEMENTS

The list comes as an input, so that it is stored where large values are. The database is measured
when everything has been written into its file.
"""

import sqlite3
import sys
import tempfile
from pathlib import Path

from flows import map_over
from measure import clocked, peak_memory, refuse, report
from volery.services.engine import embedded


def size_of(database: Path) -> int:
    """Bytes of the database, its log written back."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return database.stat().st_size


def main(elements: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with embedded(home) as engine:
            engine.run(map_over, inputs={"xs": [0]})
        before = size_of(home / "volery.db")
        with embedded(home) as engine:
            inputs = {"xs": list(range(elements))}
            seconds, run = clocked(lambda: engine.run(map_over, inputs=inputs))
        refuse(run.outputs != {"o0": elements * (elements + 1) // 2}, f"wrong: {run.failure}")
        grown = size_of(home / "volery.db") - before
    report(
        {
            "seconds": [seconds],
            "memory": [peak_memory()],
            "bytes an element": [grown / elements],
        }
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
