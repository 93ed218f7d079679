"""Databases of older schemas come through with all that is in them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from volery.engine.model import AttemptPhase, Move, Phase, ScopeState
from volery.ids import ROOT
from volery.ir.values import EMPTY
from volery.store import migrations
from volery.store.base import Claim, Options
from volery.store.sql import SqlStore
from volery.store.sqlite import DIALECT, open_sqlite, take_step
from volery.testing.conformance.store_driver import FAILURE, OUTPUTS, Driver, rooms

PACKED = msgspec.msgpack.encode

EXECUTIONS = [  # id, root, parent_execution, parent_path, owner, phase, ended
    ("run", "run", None, None, "dead", "RUNNING", None),
    ("child", "run", "run", "lp", None, "RUNNING", None),
    ("over", "over", None, None, "dead", "SUCCEEDED", 9.0),
    ("nobodys", "nobodys", None, None, None, "RUNNING", None),
]
SCOPES = [  # execution, path, root, version, wake_seq, planned_seq, abort
    ("run", "", "run", 3, 4, 3, None),
    ("run", "m", "run", 1, 1, 1, "enough"),
    ("child", "", "run", 0, 1, 0, None),
    ("over", "", "over", 2, 2, 2, None),
    ("nobodys", "", "nobodys", 0, 1, 0, None),
]
NODES = [  # path, scope, kind, phase, seq, attempt, child, ended
    ("a", "", "task", "RUNNING", 4, 1, None, None),
    ("b", "", "task", "RUNNING", 0, 1, None, None),
    ("c", "", "task", "RUNNING", 0, 2, None, None),
    ("lp", "", "launch_plan", "RUNNING", 0, 0, "child", None),
    ("m", "", "map", "RUNNING", 0, 0, None, None),
    ("m[0:12]", "m", "task", "SUCCEEDED", 1, 1, None, 8.0),
    ("m[12]", "m", "task", "SUCCEEDED", 1, 1, None, 8.0),
]
ATTEMPTS = [  # path, number, phase, owner, flagged, started, ended
    ("a", 1, "SUCCEEDED", "dead", 0, 5.0, 6.0),
    ("b", 1, "RUNNING", "dead", 1, 5.0, None),
    ("c", 1, "LOST", "older", 0, None, 6.0),
    ("c", 2, "LAUNCHING", None, 0, None, None),
    ("m[0:12]", 1, "SUCCEEDED", "dead", 0, 5.0, 8.0),
    ("m[12]", 1, "SUCCEEDED", "dead", 0, 5.0, 8.0),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database of the first schema, left by a process that died."""
    path = tmp_path / "volery.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        take_step(connection, migrations.after(0, DIALECT)[0])
        connection.execute("BEGIN")
        connection.execute("INSERT INTO bundles VALUES ('bundle', X'7b7d')")
        for id, root, *parent, owner, phase, ended in EXECUTIONS:
            row = (id, root, *parent, owner, phase, ended, PACKED(()))
            connection.execute(
                "INSERT INTO executions (id, project, domain, entity_kind, entity_name, bundle,"
                " root, parent_execution, parent_path, owner, phase, ended, labels, created)"
                " VALUES (?, 'p', 'd', 'workflow', 'w', 'bundle', ?, ?, ?, ?, ?, ?, ?, 1.0)",
                row,
            )
        for execution, scope, root, *counters, abort in SCOPES:
            state = PACKED(ScopeState())
            row = (execution, scope, root, *counters, state, abort)
            connection.execute("INSERT INTO scopes VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
            connection.execute("INSERT INTO inputs VALUES (?, ?, ?)", (execution, scope, EMPTY))
        connection.executemany(
            "INSERT INTO nodes (execution, path, scope, kind, phase, seq, attempt, child, ended,"
            " user_failures, system_failures, created) VALUES ('run', ?, ?, ?, ?, ?, ?, ?, ?, 1, 2,"
            " 1.0)",
            NODES,
        )
        connection.executemany(
            "INSERT INTO attempts (execution, path, number, phase, owner, flagged, started, ended,"
            " root, place, created) VALUES ('run', ?, ?, ?, ?, ?, ?, ?, 'run', 0, 1.0)",
            ATTEMPTS,
        )
        outputs = [("run", "a"), ("run", "m[0:12]"), ("run", "m[12]"), ("over", "")]
        rows = [(*key, OUTPUTS) for key in outputs]
        connection.executemany("INSERT INTO outputs VALUES (?, ?, ?)", rows)
        connection.execute(
            "INSERT INTO journal (root, execution, path, attempt, event, at, detail)"
            " VALUES ('run', 'run', '', 0, 'RUNNING', 1.0, '')"
        )
        connection.execute("COMMIT")
    return path


@pytest.fixture
def store(path: Path) -> Iterator[SqlStore]:
    with closing(open_sqlite(path)) as opened:
        yield opened


def test_nothing_that_was_recorded_is_lost(store: SqlStore) -> None:
    found = {each.id: each for each in store.executions(limit=9)}
    assert [(id, each.phase) for id, each in found.items()] == [
        ("nobodys", Phase.RUNNING),
        ("over", Phase.SUCCEEDED),
        ("child", Phase.RUNNING),
        ("run", Phase.RUNNING),
    ]
    assert found["child"].parent == ("run", "lp")
    assert found["run"].options == Options()
    assert [node.path for node in store.nodes("run")] == [path for path, *_ in NODES]
    keys = [(each.path, each.number, each.owner) for each in store.attempts("run")]
    assert keys == [(path, number, owner) for path, number, _, owner, *_ in ATTEMPTS]
    assert store.outputs("over", [ROOT]) == {ROOT: OUTPUTS}
    assert [line.event for line in store.journal("run", 0, 9)] == ["RUNNING"]
    assert store.load("run", "m", -1).aborts == 1
    children = {child.id: child for child in store.load("run", ROOT, -1).children}
    assert (children["c"].user_failures, children["c"].system_failures) == (1, 2)


def test_elements_of_maps_are_in_order(store: SqlStore) -> None:
    ids = [id for id, _ in store.children_outputs("run", "m", "", 9)]
    assert ids == ["[0:12]", "[12]"]


def test_the_owners_of_before_are_gone(store: SqlStore) -> None:
    assert store.owners() == []
    for owner in ("dead", "older"):
        record = store.owner(owner)
        assert record is not None
        assert record.gone


def test_an_unfinished_execution_goes_on(store: SqlStore) -> None:
    run = Driver(store)
    assert store.take("run", "dead", "me")
    assert store.lost("me", None, 9) == [(Claim("run", "b", 1), "dead")]
    assert store.flagged("dead") == [(Claim("run", "b", 1), "abort")]
    assert run.end("b", owner="dead", phase=AttemptPhase.LOST, failure=FAILURE) == 1
    assert {(each.execution, each.path) for each in store.dirty("me", None, 9)} == {
        ("run", ROOT),
        ("child", ROOT),
    }
    assert set(run.children(3)) == {"a", "b"}
    assert store.claim("me", None, rooms(9), 1.0) == [Claim("run", "c", 2)]
    assert run.end("c", attempt=2, owner="me") == 1
    assert run.plan(move=[Move("c", Phase.SUCCEEDED)])
    assert run.finish(execution="child")
    assert run.phases()["lp"] is Phase.SUCCEEDED


def test_a_family_that_nobody_drove_can_be_taken(store: SqlStore) -> None:
    Driver(store)
    assert store.take("nobodys", None, "me")
    assert [each.execution for each in store.dirty("me", None, 9)] == ["nobodys"]


def test_references_between_tables_hold(path: Path) -> None:
    open_sqlite(path).close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
