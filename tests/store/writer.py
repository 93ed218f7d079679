"""A process of its own that opens a store and writes; see `test_sqlite_processes`.

Says a line when it is ready, waits for a line, does what it was told, and says "done".
"""

from __future__ import annotations

import sys
from pathlib import Path

from volery.engine.model import Phase
from volery.store.sqlite import open_sqlite
from volery.testing.conformance.store_driver import Driver

ROUNDS = 20


def wait() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def main(path: Path, name: str, task: str) -> None:
    if task == "write":
        wait()
        store = open_sqlite(path)
        driver = Driver(store, name)
        driver.begin()
        for number in range(ROUNDS):
            driver.carry_out(f"n{number}")
        driver.finish(Phase.SUCCEEDED)
        store.close()
        print("done", flush=True)
    if task == "commit":
        driver = Driver(open_sqlite(path), name)
        driver.begin()
        driver.carry_out("a")
        wait()
    if task == "hold":
        store = open_sqlite(path)
        with store._database.write() as cursor:
            cursor.execute("INSERT INTO bundles VALUES ('half', X'00')")
            wait()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
