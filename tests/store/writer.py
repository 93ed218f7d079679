"""A process of its own that opens a store, by its path or URL, and writes.

Says a line when it is ready, waits for a line, does what it was told, and says "done".
"""

from __future__ import annotations

import sys
from pathlib import Path

from volery.engine.model import Phase
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite
from volery.testing.conformance.store_driver import Driver

ROUNDS = 20


def wait() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


def opened(where: str) -> SqlStore:
    if "://" not in where:
        return open_sqlite(Path(where))
    from volery.store.postgres import open_postgres

    return open_postgres(where)


def main(where: str, name: str, task: str) -> None:
    if task == "write":
        wait()
        store = opened(where)
        driver = Driver(store, name)
        driver.begin()
        for number in range(ROUNDS):
            driver.carry_out(f"n{number}")
        driver.finish(Phase.SUCCEEDED)
        store.close()
        print("done", flush=True)
    if task == "commit":
        driver = Driver(opened(where), name)
        driver.begin()
        driver.carry_out("a")
        wait()
    if task == "hold":
        store = opened(where)
        with store._database.write() as cursor:
            cursor.execute("INSERT INTO bundles VALUES (?, ?)", ("half", b""))
            assert cursor.rowcount == 1
            wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3])
