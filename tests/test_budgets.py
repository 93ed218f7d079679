"""What a task may cost, counted: a regression fails here and not only in a benchmark.

The counts are exact and the same on every machine. Times are for `make bench`.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from typing import Any, cast

import pytest

from volery import task, workflow
from volery.engine.model import Phase
from volery.executors.inline import InlineExecutor
from volery.ir.values import EMPTY
from volery.sdk.compile import compile_entity
from volery.services.engine import embedded
from volery.services.orchestrator import Orchestrator
from volery.store.base import Store
from volery.store.memory import MemoryStore
from volery.store.postgres import open_postgres
from volery.store.postgres_session import Session
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite
from volery.testing.clock import FakeClock

SIZE = 200


@task
def increment(x: int) -> int:
    return x + 1


@task
def total(xs: list[int]) -> int:
    return sum(xs)


@workflow
def chain() -> int:
    last = increment(x=0)
    for _ in range(SIZE - 1):
        last = increment(x=last)
    return last


@workflow
def fan() -> int:
    return total(xs=[increment(x=number) for number in range(SIZE - 1)])


class Counted:
    """Stands before a store or an executor and counts what is asked of it."""

    def __init__(self, inner: object, calls: Counter[str]) -> None:
        self._inner = inner
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if callable(found):  # a verb, not a word about the store itself
            self._calls[name] += 1
        return found


def asked(entity, store: Store | None = None) -> Counter[str]:
    """How often each verb of the store and of the executor is used to run an entity.

    The clock stands still: what is looked at now and then, beside the work, is not counted.
    """
    calls: Counter[str] = Counter()
    program = compile_entity(entity)
    orchestrator = Orchestrator(
        cast("Any", Counted(store or MemoryStore(), calls)),
        cast("Any", Counted(InlineExecutor(program.tasks), calls)),
        clock=FakeClock(),
        owner="counting",
        alive="counting".__eq__,
        on_print=lambda _claim, _result: None,
    )
    execution = orchestrator.submit(program.bundle, entity.ref, EMPTY)
    assert orchestrator.drain(execution).phase is Phase.SUCCEEDED
    return calls


def test_a_task_of_a_chain_asks_each_verb_once():
    calls = asked(chain)
    assert max(calls.values()) <= SIZE + 1, calls
    assert calls.total() <= 4 * SIZE + 30, calls


def test_a_task_of_a_chain_is_one_transaction(tmp_path):
    calls: Counter[str] = Counter()
    with closing(open_sqlite(tmp_path / "volery.db")) as opened:
        asked(chain, SqlStore(cast("Any", Counted(opened._database, calls))))
    # The last one ends with the execution; others submit it, launch the first, hold the lease.
    assert calls["write"] == SIZE + 5, calls
    assert calls["read"] <= 20, calls


def test_a_task_of_a_chain_is_thirteen_statements_in_two_round_trips(postgres, monkeypatch):
    calls: Counter[str] = Counter()

    def counted(name: str) -> None:
        method = getattr(Session, name)

        def count(self: Session, *values: Any) -> Any:
            calls[name] += 1
            return method(self, *values)

        monkeypatch.setattr(Session, name, count)

    with closing(open_postgres(postgres.store())) as store:
        for name in ("send", "results", "end"):
            counted(name)
        asked(chain, store)
    assert calls["send"] <= 13 * SIZE + 60, calls
    assert calls["results"] + calls["end"] <= 2 * SIZE + 40, calls


def test_a_fan_out_asks_each_verb_once_for_all():
    assert max(asked(fan).values()) <= 3


@pytest.mark.parametrize("entity", [chain, fan], ids=["chain", "fan"])
def test_a_task_leaves_six_rows(entity, volery_home):
    with embedded(volery_home, workers=1) as engine:
        run = engine.run(entity)
        assert run.phase is Phase.SUCCEEDED
        database = engine.home.database
    with sqlite3.connect(database) as connection:
        rows = {
            table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("nodes", "attempts", "outputs", "inputs", "scopes")
        }
        lines = connection.execute(
            # Only an attempt that lasts tells that it is running.
            "SELECT count(*) FROM journal WHERE NOT (attempt > 0 AND event = 'RUNNING')"
        ).fetchone()[0]
    connection.close()
    # An execution has a scope with inputs, outputs, and the lines of its begin and end.
    assert rows == {"nodes": SIZE, "attempts": SIZE, "outputs": SIZE + 1, "inputs": 1, "scopes": 1}
    assert lines == 3 * SIZE + 2


@pytest.mark.parametrize(
    ("program", "most"),
    [
        ("from volery import task, workflow", 37),
        ("import volery.worker.__main__", 61),
        ("import volery.cli.main", 6),
    ],
    ids=["authoring", "worker", "command line"],
)
def test_few_of_our_modules_are_loaded(program, most):
    report = "import sys; exec(sys.argv[1]); print(*sys.modules)"
    ran = subprocess.run(
        [sys.executable, "-c", report, program], check=True, capture_output=True, text=True
    )
    loaded = [name for name in ran.stdout.split() if name.partition(".")[0] == "volery"]
    assert 0 < len(loaded) <= most, loaded
