"""Executions that are created together."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from volery.ids import ROOT
from volery.store.access import AuditTable
from volery.store.base import NewExecution, Queue
from volery.store.creations import Creation, Creations
from volery.store.moves import IllegalMove
from volery.store.sql import SqlStore
from volery.testing.conformance.store_driver import Driver
from volery.wire.access import AuditLine


@pytest.fixture
def creations(sql_store: SqlStore) -> Creations:
    return Creations(sql_store.database)


@pytest.fixture
def like(sql_store: SqlStore) -> NewExecution:
    """What all of them are like."""
    return Driver(sql_store).new()


def asked(like: NewExecution, id: str, **more) -> Creation:
    new = replace(like, id=id, root=id, **more)
    return Creation(new, AuditLine(0, 5.0, "ci", "executions.create", id, "demo", ""))


def lines(store: SqlStore) -> list[str]:
    return [each.on for each in AuditTable(store.database).lines(2**62, 100)]


def test_each_is_whole_and_has_its_line(sql_store, creations, like):
    marks = (("input.x", "1"),)
    some = [asked(like, "a", inputs=b"\x80", marks=marks), asked(like, "b", labels=(("k", "v"),))]
    assert creations.create(some, 7.0) == ["created", "created"]
    assert lines(sql_store) == ["b", "a"]
    for each, _ in some:
        assert sql_store.execution(each.id) == each.record(7.0)
        assert sql_store.scope_inputs(each.id, ROOT) == each.inputs
        assert [line.event for line in sql_store.journal(each.id, 0, 10)] == ["RUNNING"]
    assert creations.records(["b", "none", "a"]).keys() == {"b", "a"}
    assert creations.records([]) == {}


def test_what_is_taken_is_no_concern_of_the_others(sql_store, creations, like):
    some = [asked(like, id) for id in ("a", "b", "a")]
    assert creations.create(some[:1], 7.0) == ["created"]
    assert creations.create(some, 8.0) == ["taken", "created", "taken"]
    assert lines(sql_store) == ["b", "a"]
    assert creations.create([asked(like, id) for id in ("c", "c")], 9.0) == ["created", "taken"]
    assert [each.created for each in sql_store.executions(limit=9)] == [9.0, 8.0, 7.0]


def test_those_of_one_queue_find_the_room_that_those_before_leave(sql_store, creations, like):
    queue = Queue("plan", 2, "skip")
    some = [asked(like, id, queue=queue) for id in ("a", "b", "c")]
    assert creations.create(some, 7.0) == ["created", "created", "full"]
    replacing = Queue("other", 1, "replace")
    some = [asked(like, id, queue=replacing) for id in ("d", "e")]
    assert creations.create(some, 7.0) == ["created", "created"]
    assert [line.event for line in sql_store.journal("d", 0, 10)] == ["RUNNING", "ABORT"]
    assert [line.event for line in sql_store.journal("e", 0, 10)] == ["RUNNING"]


def test_all_or_nothing_is_kept(sql_store, creations, like):
    with pytest.raises(IllegalMove):  # there is no such bundle
        creations.create([asked(like, "a"), asked(like, "b", bundle="f" * 64)], 7.0)
    assert sql_store.execution("a") is None
    assert lines(sql_store) == []
