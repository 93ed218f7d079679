"""What a database says about how much is to be done."""

from __future__ import annotations

import pytest

from volery.engine.model import Create, Launch
from volery.store.gauges import Gauges
from volery.testing.conformance.store_driver import Driver, rooms


@pytest.fixture
def gauges(database) -> Gauges:
    return Gauges(database)


def test_of_nothing_there_is_nothing(gauges):
    assert gauges.executions() == {}
    assert gauges.running() == 0
    assert set(gauges.backlog().values()) == {0}


def test_what_is_open_is_counted(gauges, sql_store):
    driver = Driver(sql_store)
    driver.begin()
    driver.begin("other")
    assert gauges.executions() == {"RUNNING": 2}
    assert gauges.running() == 2
    assert gauges.backlog()["dirty_scopes"] == 2
    ids = ["a", "b", "c"]
    assert driver.plan(
        create=[Create(id, "task") for id in ids], launch=[Launch(id, 1) for id in ids]
    )
    open_ = {"dirty_scopes": 1, "due_instants": 0}
    assert gauges.backlog() == {"attempts_under_way": 0, "outbox": 3, **open_}
    sql_store.claim("owner", "run", rooms(1), driver.now())
    assert gauges.backlog() == {"attempts_under_way": 1, "outbox": 2, **open_}
