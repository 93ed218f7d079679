"""What pages read over many executions, on both databases."""

from __future__ import annotations

import pytest

from volery.engine.model import Create, Phase
from volery.store import fleet, suggesting, waiting_gates
from volery.store.at_work import AtWork
from volery.store.database import Database
from volery.store.execution_lines import ExecutionLines
from volery.store.fleet import FleetNodes
from volery.store.sql import SqlStore
from volery.store.suggesting import ID, MARK, NAME, VERSION, Places, Suggesting, value_of
from volery.store.waiting_gates import WaitingGates
from volery.testing.conformance.store_driver import Driver

# -- gates ------------------------------------------------------------------------------------


def waiting(database: Database, *where: str, within: tuple[str, ...] | None = None) -> list[str]:
    """The gates of all pages."""
    found, after = [], None
    project, domain = where or ("", "")
    while True:
        page, after = WaitingGates(database).page(project, domain, within, after)
        found += [f"{each.execution}/{each.path}" for each in page]
        if after is None:
            return found


def test_gates_that_wait_are_found_newest_first(sql_store, database, monkeypatch):
    monkeypatch.setattr(waiting_gates, "MOST_LOOKED_AT", 2)
    for name in ("one", "two"):
        driver = Driver(sql_store, name)
        driver.begin()
        assert driver.plan(create=[Create("t", "task"), *(Create(f"g{n}", "gate") for n in "1234")])
        sql_store.signal(name, "g2", b"\xc3", 5.0)
        driver.move("g3", Phase.FAILED)
    driver = Driver(sql_store, "two")
    assert sorted(waiting(database)) == ["one/g1", "one/g4", "two/g1", "two/g4"]
    assert waiting(database, "project", "domain") == waiting(database)
    assert waiting(database, "project", "other") == []
    assert waiting(database, "elsewhere", "") == []
    assert waiting(database, within=("project",)) == waiting(database)
    assert waiting(database, within=()) == []


def test_the_newest_gate_comes_first(sql_store, database):
    driver = Driver(sql_store)
    driver.begin()
    for name in "bac":
        assert driver.plan(create=[Create(name, "gate")])
    assert waiting(database) == ["run/c", "run/a", "run/b"]


# -- the fleet --------------------------------------------------------------------------------


def test_node_executions_of_many_executions_are_read(sql_store, database, monkeypatch):
    monkeypatch.setattr(fleet, "MOST", 2)
    for name, ids in (("one", ["a"]), ("two", ["a", "b", "c"])):
        driver = Driver(sql_store, name)
        driver.begin()
        driver.launch(*ids)
        driver.launch("x", path=driver.open("s"))
    nodes = FleetNodes(database)
    one, two = nodes.in_scope(["one", "two"], "")
    assert sorted(each.path for each in one) == ["a", "s"]
    assert len(two) == 3
    assert [[each.path for each in some] for some in nodes.in_scope(["two"], "s")] == [["s/x"]]
    (cell,), (other,) = nodes.in_scope(["one", "two"], "s")
    assert (cell.kind, cell.phase, cell.attempt, cell.reused) == ("task", "RUNNING", 1, False)
    assert cell.ended is other.ended is None


def test_the_same_at_some_paths(sql_store, database):
    driver = Driver(sql_store)
    driver.begin()
    driver.launch("a", "b")
    (found,) = FleetNodes(database).at(["run"], ["b", "unknown"])
    assert [each.path for each in found] == ["b"]


# -- lines about executions -------------------------------------------------------------------


def test_lines_about_executions_are_read_in_order(sql_store, database):
    lines = ExecutionLines(database)
    assert lines.latest() == 0
    driver = Driver(sql_store)
    driver.begin()
    driver.launch("a")
    child = driver.start("lp")
    driver.plan(finish_phase=Phase.ABORTED)
    found = lines.after(0, 100)
    assert [(each.execution, each.event, each.child) for each in found] == [
        ("run", "RUNNING", False),
        (child, "RUNNING", True),
        ("run", "ABORTED", False),
    ]
    assert {each.root for each in found} == {"run"}
    assert found[0].entity.name == "w"
    assert lines.latest() == found[-1].seq
    assert lines.after(found[0].seq, 1) == found[1:2]


def test_lines_come_in_order_where_one_writes_at_a_time(database, server):
    assert ExecutionLines(database).in_order is (server is None)


# -- suggestions ------------------------------------------------------------------------------


@pytest.fixture
def suggestions(sql_store: SqlStore, database: Database) -> Suggesting:
    driver = Driver(sql_store)
    driver.begin("abc", version="v1", labels=(("team", "vision"), ("tier", "1")))
    driver.begin("abd", version="v1", labels=(("team", "audio"),))
    driver.begin("b%d", version="v2", labels=(("team", "vision"),))
    driver.begin("c")
    return Suggesting(database)


HERE, ELSEWHERE = Places("project", "domain"), Places("elsewhere")


@pytest.mark.parametrize(
    ("known", "prefix", "expected"),
    [
        (NAME, "", ["w"]),
        (NAME, "x", []),
        (VERSION, "", ["v1", "v2"]),
        (VERSION, "v2", ["v2"]),
        (ID, "ab", ["abc", "abd"]),
        (ID, "b%", ["b%d"]),
        (MARK, "label.t", ["label.team", "label.tier"]),
        (value_of("label.team"), "", ["audio", "vision"]),
        (value_of("label.team"), "v", ["vision"]),
        (value_of("label.none"), "", []),
    ],
)
def test_what_begins_so_is_suggested(suggestions, known, prefix, expected):
    assert suggestions.values(known, prefix, Places(), 10) == expected
    assert suggestions.values(known, prefix, HERE, 10) == expected
    assert suggestions.values(known, prefix, ELSEWHERE, 10) == []
    assert suggestions.values(known, prefix, Places(within=("project",)), 10) == expected
    assert suggestions.values(known, prefix, Places(within=("elsewhere",)), 10) == []
    assert suggestions.values(known, prefix, Places(), 1) == expected[:1]


def test_a_suggestion_is_looked_for_among_so_many(suggestions, monkeypatch):
    monkeypatch.setattr(suggesting, "MOST_LOOKED_AT", 1)
    assert suggestions.values(VERSION, "", HERE, 10) == ["v1", "v2"]


# -- who is at work ---------------------------------------------------------------------------


def test_who_is_at_work_and_on_what(sql_store, database):
    at_work = AtWork(database)
    assert at_work.work() == ({}, {}, {})
    driver = Driver(sql_store)
    driver.begin()
    driver.launch("a", "b", "c")
    driver.claim(limit=1)
    assert at_work.driven("owner") == 1
    assert at_work.driven("nobody") == 0
    work = at_work.work()
    assert sum(work.by_owner.values()) == sum(work.running.values()) == 1
    assert sum(work.waiting.values()) == 2
