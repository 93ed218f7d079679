"""What is old is removed, on both databases."""

from __future__ import annotations

import pytest

from volery.engine.model import Phase
from volery.ir.codec import canonical
from volery.ir.specs import Bundle
from volery.ir.values import pack
from volery.store.base import Options
from volery.store.notices import NewNotice, Notices
from volery.store.retention import Families, Family
from volery.store.sql import SqlStore
from volery.testing.conformance.store_driver import Driver

FAR = 1e9


@pytest.fixture
def families(sql_store: SqlStore) -> Families:
    sql_store.put_bundle("bundle", canonical(Bundle()))
    return Families(sql_store.database)


def run(store: SqlStore, name: str, phase: Phase = Phase.SUCCEEDED, **fields) -> str:
    """A family that has ended; returns the id of its child."""
    driver = Driver(store, name)
    driver.begin(labels=(("team", "a"),), **fields)
    driver.carry_out("a")
    scope = driver.open("sub")
    driver.finish(path=scope)
    child = driver.start("lp")
    grandchild = Driver(store, child)
    grandchild.launch("x")
    grandchild.claim()
    grandchild.end("x")
    driver.finish(execution=child)
    driver.finish(phase)
    return child


def test_a_family_goes_as_a_whole(sql_store, families):
    child = run(sql_store, "run")
    run(sql_store, "other")
    assert families.members("run") == [child, "run"]
    assert families.remove("run", FAR) == 2
    assert (sql_store.execution("run"), sql_store.execution(child)) == (None, None)
    assert sql_store.journal("run", 0, 10) == []
    assert sql_store.nodes("run") == sql_store.attempts(child) == []
    assert not families.exists("run")
    assert families.exists("other")
    assert len(sql_store.nodes("other")) == 3
    assert families.remove("run", FAR) == 0


def test_what_goes_on_or_is_young_stays(sql_store, families):
    run(sql_store, "young")
    Driver(sql_store, "goes-on").begin()
    assert families.remove("young", 1000.0) == 0
    assert families.remove("goes-on", FAR) == 0
    assert families.exists("young")
    assert families.exists("goes-on")


def test_what_somebody_has_to_be_told_of_stays(sql_store, families):
    run(sql_store, "run", notify=True)
    assert families.remove("run", FAR) == 0
    notices = Notices(sql_store.database)
    notices.expand("run", "run", [NewNotice("email", "a@x.org", "", "")], 1.0)
    assert families.remove("run", FAR) == 0
    (tried,) = notices.claim(1.0, 2.0, 1)
    notices.sent(tried, 1.0)
    assert families.remove("run", FAR) == 2


def test_ended_families_are_listed_the_newest_first(sql_store, families, monkeypatch):
    monkeypatch.setattr("volery.store.retention._PAGE", 2)
    driver = Driver(sql_store)
    for number in range(5):
        driver.begin(f"run{number}")
        driver.finish(Phase.FAILED, execution=f"run{number}")
    Driver(sql_store, "goes-on").begin()
    found = list(families.ended(FAR))
    assert [each.root for each in found] == ["run4", "run3", "run2", "run1", "run0"]
    assert found[-1] == Family("run0", 1000.0)
    assert [each.root for each in families.ended(1002.5)] == ["run0"]


def test_who_recovers_whom(sql_store, families):
    run(sql_store, "first")
    run(sql_store, "second", options=Options(recovers="first"))
    run(sql_store, "third", options=Options(priority=3))
    assert list(families.recovering()) == [("second", "first")]


def test_values_are_read_as_of_one_moment(sql_store, families):
    Driver(sql_store, "run").begin(inputs=pack({"x": 1}))
    values = families.values()
    first = next(values)
    Driver(sql_store, "later").begin(inputs=pack({"x": 2}))
    assert [first, *values] == [pack({"x": 1})]
    assert sorted(families.values()) == [pack({"x": 1}), pack({"x": 2})]


def test_bundles_that_are_in_use_stay(sql_store, families):
    sql_store.put_bundle("unused", canonical(Bundle()))
    Driver(sql_store, "run").begin()
    assert families.unused_bundles() == {"unused"}
    assert families.remove_bundle("unused")
    assert not families.remove_bundle("unused")
    assert not families.remove_bundle("bundle")
    assert list(families.bundles()) == [Bundle()]


def test_since_when_the_oldest_attempt_is_under_way(sql_store, families):
    assert families.under_way_since() is None
    driver = Driver(sql_store)
    driver.begin()
    driver.launch("a")
    assert families.under_way_since() is None
    driver.claim()
    (attempt,) = sql_store.attempts("run")
    assert families.under_way_since() == attempt.created
    sql_store.retire("owner")
    assert families.under_way_since() is None


def test_packages_that_nobody_registers_are_forgotten_after_a_while(sql_store, families):
    with sql_store.database.write() as cursor:
        for name, created in (("a", 1.0), ("b", 50.0)):
            cursor.execute(
                "INSERT INTO packages (digest, size, created, author) VALUES (?, 1, ?, 'me')",
                (name * 64, created),
            )
    assert families.packages(50.0) == ["b" * 64]
    families.remove_packages(50.0)
    assert families.packages(0.0) == ["b" * 64]
