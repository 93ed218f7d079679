"""What was traced is kept once, whoever reads the journal, and found from both ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest
from msgspec import structs
from tests.servers.postgres import Postgres

from volery.engine.model import Create
from volery.ids import ROOT
from volery.ir.ref import Ref
from volery.store import statements
from volery.store.database import Database
from volery.store.lineage import Kept, Source, Traces
from volery.store.moves import IllegalMove
from volery.store.postgres import open_postgres
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite
from volery.testing.conformance.store_driver import Driver
from volery.wire.entities import EntityKey

DIGEST = "d" * 64
TASK = Ref("task", "flows.fit")


@pytest.fixture
def traces(database: Database) -> Traces:
    return Traces(database)


@pytest.fixture
def other(sql_store: SqlStore, server: Postgres | None, tmp_path: Path) -> Iterator[SqlStore]:
    """The same store, as another process has it."""
    opened = open_postgres(server.url()) if server else open_sqlite(tmp_path / "volery.db")
    with closing(opened):
        yield opened


@pytest.fixture
def run(sql_store: SqlStore) -> Driver:
    """An execution that goes on."""
    driver = Driver(sql_store)
    driver.begin()
    return driver


def use(path: str = "a", name: str = "o0", *, made: bool = True, **more) -> Kept:
    given = {"execution": "run", "digest": DIGEST, "at": 1.0, "telling": True, **more}
    return Kept(path=path, made=made, name=name, **given)


def bare(found: list[Kept]) -> list[Kept]:
    """As they were before they were kept."""
    return [structs.replace(each, project="", key=None) for each in found]


# -- reading on -------------------------------------------------------------------------------


def test_families_with_news_are_pending(traces, run):
    ((root, traced),) = traces.pending(10)
    assert (root, traced) == ("run", 0)
    last = run.lines()[-1].seq
    assert traces.write("run", 0, last, [])
    assert traces.pending(10) == []
    run.launch("a")
    assert traces.pending(10) == [("run", last)]
    assert traces.write("run", last, -1, [])
    run.launch("b")
    assert traces.pending(10) == []
    assert (traces.traced("run"), traces.traced("unknown")) == (-1, None)


def test_children_are_read_with_their_family(traces, run):
    child = run.start("lp")
    assert [root for root, _ in traces.pending(10)] == ["run"]
    assert child in {line.execution for line in run.lines()}


def test_the_oldest_come_first(traces, sql_store):
    for name in "cab":
        Driver(sql_store, name).begin()
    assert [root for root, _ in traces.pending(2)] == ["c", "a"]


def test_of_two_that_read_the_same_the_second_changes_nothing(traces, run):
    first, second = use(preview="first"), use(preview="second")
    assert traces.write("run", 0, 5, [first])
    assert not traces.write("run", 0, 5, [second, use("b")])
    assert bare(traces.at("run", "a", 10, made=True)) == [first]
    assert traces.at("run", "b", 10, made=True) == []


def test_many_that_read_at_once_write_once(traces, run, other):
    barrier, wrote = Barrier(4), []

    def write(place: Traces) -> None:
        barrier.wait()
        wrote.append(place.write("run", 0, 7, [use(f"n{n}", content="c" * 64) for n in range(20)]))

    places = [traces, Traces(other.database)] * 2
    threads = [Thread(target=write, args=[place]) for place in places]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(wrote) == [False, False, False, True]
    assert len(traces.made_before(DIGEST, 9.0, 100)) == 20


def test_a_line_that_comes_late_is_read_although_later_ones_were(traces, sql_store, other, server):
    for name in "ab":
        Driver(sql_store, name).begin()
    seqs = {name: sql_store.journal(name, 0, 9)[-1].seq for name in "ab"}
    for name, seq in seqs.items():
        assert traces.write(name, 0, seq, [])
    late = ("a", 1.0, "a", "n0", 0, "SUCCEEDED", "")
    if server:  # its number is the lower one, and it is there later
        with sql_store.database.write("a") as cursor:
            cursor.execute(statements.WRITE_LINE, late)
            cursor.fetchall()
            assert Driver(other, "b").plan(create=[Create("n0", "task")])
            assert traces.pending(9) == [("b", seqs["b"])]
            newest = other.journal("b", seqs["b"], 9)[-1].seq
            assert traces.write("b", seqs["b"], newest, [])
        assert sql_store.journal("a", 0, 9)[-1].seq < newest
    else:
        with sql_store.database.write("a") as cursor:
            cursor.execute(statements.WRITE_LINE, late)
    assert traces.pending(9) == [("a", seqs["a"])]


# -- finding ----------------------------------------------------------------------------------


def test_uses_come_back_as_they_were_kept(traces, run):
    every = [
        use(
            "fit",
            "o0.model",
            entity=TASK,
            reused=True,
            uri="s3://a/b",
            preview="file b",
            content="c" * 64,
            sources=(Source("a", "o0", execution="other"), Source("b", "*", made=False)),
        ),
        use("fit", "x", made=False, telling=False),
    ]
    assert traces.write("run", 0, 5, every)
    made = traces.at("run", "fit", 10, made=True)
    assert bare(made) == [structs.replace(every[0], content="")]
    assert (made[0].project, made[0].key) == (
        "project",
        EntityKey("task", "flows.fit", "bundle", "project", "domain"),
    )
    assert bare(traces.at("run", "fit", 10, made=False)) == [every[1]]
    assert bare(traces.of_uri("s3://a/b", 10)) == bare(made)
    assert traces.of_uri("", 10) == []
    assert set(traces.digests("c" * 64)) == {"c" * 64, DIGEST}
    assert traces.digests(DIGEST) == [DIGEST]


def test_values_are_found_by_digest_and_time(traces, run):
    every = [use(f"n{at}", at=float(at)) for at in (1, 2, 3)]
    every += [use(f"n{at}", "x", made=False, at=float(at)) for at in (4, 5, 6)]
    every += [use("n7", "x", made=False, at=7.0, sources=(Source("n1", "o0"),))]
    assert traces.write("run", 0, 5, every)
    assert [each.path for each in traces.made_before(DIGEST, 2.0, 9)] == ["n2", "n1"]
    assert [each.path for each in traces.taken_since(DIGEST, 5.0, 9)] == ["n5", "n6"]
    assert [each.path for each in traces.made_before(DIGEST, 9.0, 1)] == ["n3"]


def test_those_below_are_found_and_no_neighbours(traces, run):
    paths = ["m", "m/a", "m[0]", "m[0]/b", "m0", "mm/a", "n"]
    assert traces.write("run", 0, 5, [use(path) for path in paths])
    found = [each.path for each in traces.below("run", "m", 10, made=True)]
    assert found == ["m/a", "m[0]", "m[0]/b"]
    assert len(traces.below("run", "m", 2, made=True)) == 2
    assert traces.below("run", "m", 10, made=False) == []


def test_who_has_what_came_from_where_is_known(traces, run):
    every = [
        use("b", "x", made=False, sources=(Source("a", "o0"), Source("a", "o1"))),
        use("[0]", "x", made=False, sources=(Source("a", "o0"),)),
        use(ROOT, "x", made=False, sources=(Source("lp", "x", made=False, execution="above"),)),
    ]
    assert traces.write("run", 0, 5, every)
    assert traces.readers("run", "a", 10) == [("run", "b")]
    assert traces.readers("above", "lp", 10) == [("run", ROOT)]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE uses SET made = 2",
        "UPDATE uses SET entity_kind = 'model', entity_name = 'x'",
        "UPDATE uses SET entity_kind = 'task'",
        "UPDATE uses SET reused = 7",
    ],
)
def test_the_schema_forbids(change, traces, run):
    assert traces.write("run", 0, 5, [use()])
    with pytest.raises(IllegalMove, match="rule of the schema"), run.store.database.write() as it:
        it.execute(change)
