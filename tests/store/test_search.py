"""Executions and node executions are found by whatever is said of them, on both databases."""

from __future__ import annotations

from contextlib import closing
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from msgspec.structs import replace

from volery.engine.model import Create, Move, Phase
from volery.ids import ROOT
from volery.ir.ref import Ref
from volery.ir.values import EMPTY
from volery.store import (
    search as searching,
    search_choosing as choosing,
    search_names as naming,
    search_nodes,
    search_over_time as counting,
)
from volery.store.base import Commit, NewExecution
from volery.store.records import LONGEST_MARK, label_mark
from volery.store.search import Search
from volery.store.search_names import NamePlace, by_name
from volery.store.search_ways import NEWEST, TOOK, Order, Wanted
from volery.store.sql import SqlStore
from volery.store.sqlite import open_sqlite
from volery.testing.conformance.store_driver import FAILURE, OUTPUTS, Driver
from volery.wire.executions import Counts, ExecutionFilter, NodeFilter

Made = tuple[NewExecution, float, Phase | None]
"""An execution, when it was created, and how it has ended; None: it goes on."""


@pytest.fixture
def search(sql_store: SqlStore) -> Search:
    return Search(sql_store.database)


def begin(
    store: SqlStore,
    name: str,
    at: float = 1.0,
    end: Phase | None = None,
    *,
    took: float = 0.5,
    **fields,
) -> Made:
    """An execution, which has ended or not."""
    store.put_bundle("bundle", b"{}")
    entity = fields.pop("entity", Ref("workflow", "flows.w"))
    given = {"project": "birds", "domain": "development", "root": name, **fields}
    new = NewExecution(name, entity=entity, bundle="bundle", inputs=EMPTY, **given)
    assert store.create(new, at) == "created"
    if end is not None:
        row = store.load(name, ROOT, -1)
        commit = Commit(
            name,
            ROOT,
            row.version,
            row.wake_seq,
            finish_phase=end,
            finish_outputs=OUTPUTS if end is Phase.SUCCEEDED else None,
            finish_failure=FAILURE if end is Phase.FAILED else None,
        )
        assert store.commit([commit], at + took) == [True]
    return new, at, end


def found(search: Search, wanted: Wanted, limit: int = 100, order: Order = NEWEST) -> list[str]:
    """The ids of all pages."""
    names, after = [], None
    while True:
        page = search.executions(wanted, limit, after, order)
        assert len(page.executions) <= limit
        names += [each.id for each in page.executions]
        after = page.last
        if after is None:
            return names


def where(**fields) -> Wanted:
    return Wanted(ExecutionFilter(**fields))


# -- executions -------------------------------------------------------------------------------

NAMES = ("flows.one", "flows.two", "other.One_%")


def some_of_all(store: SqlStore) -> list[Made]:
    """Executions in the order in which they begin, some of them at the same time."""
    draw = Random(7)
    made = [begin(store, "top", -1.0, project="hidden")]
    count = 80
    nodes = [Create(f"lp{number}", "launch_plan") for number in range(count)]
    assert Driver(store, "top").plan(create=nodes)
    for number in range(count):
        name = f"{draw.choice('ab')}{number}"
        parent = draw.choice([None, None, ("top", f"lp{number}")])
        new = begin(
            store,
            name,
            float(number // 2),
            draw.choice([None, Phase.SUCCEEDED, Phase.FAILED, Phase.ABORTED]),
            took=draw.choice([0.25, 1.5, 2.0]),
            project=draw.choice(["birds", "fish"]),
            domain=draw.choice(["development", "production"]),
            entity=Ref(draw.choice(["workflow", "task"]), draw.choice(NAMES)),
            root="top" if parent else name,
            parent=parent,
            version=draw.choice(["", "v1"]),
            labels=draw.choice([(), (("team", "a"),)]),
            marks=draw.choice([(), (("input.x", "1"),), (("input.x", "2"),)]),
        )
        made.append(new)
    return made


def is_wanted(made: Made, wanted: Wanted) -> bool:
    """What a filter means."""
    (new, at, end), by = made, wanted.where
    marks = {*new.marks, *(label_mark(*label) for label in new.labels)}
    parent = new.parent[0] if new.parent else ""
    conditions = [
        by.project in {"", new.project},
        wanted.projects is None or new.project in wanted.projects,
        by.domain in {"", new.domain},
        not by.phases or str(end or Phase.RUNNING) in by.phases,
        by.kind in {None, new.entity.kind},
        by.name in {"", new.entity.name}
        or (by.name.endswith("*") and new.entity.name.startswith(by.name[:-1])),
        by.version in {"", new.version},
        by.since is None or at >= by.since,
        by.until is None or at < by.until,
        parent == by.parent if by.parent else by.children or not parent,
        all(any((name, each) in marks for each in values) for name, values in wanted.marks),
        any(by.search.lower() in text.lower() for text in (new.id, new.entity.name)),
    ]
    return all(conditions)


def filters() -> st.SearchStrategy[Wanted]:
    by = st.builds(
        ExecutionFilter,
        project=st.sampled_from(["", "birds", "nothing"]),
        domain=st.sampled_from(["", "production"]),
        phases=st.sampled_from([(), ("RUNNING",), ("FAILED", "SUCCEEDED")]),
        kind=st.sampled_from([None, "task"]),
        name=st.sampled_from(["", "*", "flows.*", "o*", "none*", *NAMES]),
        version=st.sampled_from(["", "v1"]),
        since=st.sampled_from([None, 11.0]),
        until=st.sampled_from([None, 33.0]),
        children=st.booleans(),
        parent=st.sampled_from(["", "", "top"]),
        search=st.sampled_from(["", "a1", "ONE", "_", "%", "\\"]),
    )
    projects = st.sampled_from([None, None, ("birds", "nothing"), ("birds", "fish", "hidden"), ()])
    inputs = st.sampled_from([(), (("input.x", ("1",)),), (("input.x", ("1", "2")),)])
    labels = st.sampled_from([(), (("label.team", ("a",)),)])
    marks = st.builds(lambda inputs, labels: (*inputs, *labels), inputs, labels)
    return st.builds(Wanted, by, projects, marks)


def test_what_is_found_is_what_was_asked_for(sql_store, search):
    made = some_of_all(sql_store)

    @settings(max_examples=300, suppress_health_check=[HealthCheck.nested_given])
    @given(filters(), st.integers(1, 30))
    def check(wanted: Wanted, limit: int) -> None:
        expected = [each for each in reversed(made) if is_wanted(each, wanted)]
        assert found(search, wanted, limit) == [new.id for new, _, _ in expected]
        counted = search.count(wanted)
        ends = [str(end or Phase.RUNNING) for _, _, end in expected]
        assert {phase: count for phase, count in counted.phases.items() if count} == {
            phase: ends.count(phase) for phase in ends
        }
        assert counted.capped == ()

    check()


def took(made: Made, store: SqlStore) -> float:
    record = store.execution(made[0].id)
    assert record is not None
    assert record.ended is not None
    return record.ended - record.created


@pytest.mark.parametrize("sorted_ones", [0, 1_000])
def test_lists_go_by_time_or_by_duration_either_way(sql_store, search, monkeypatch, sorted_ones):
    monkeypatch.setattr(choosing, "SORTED", sorted_ones)
    made = some_of_all(sql_store)
    durations = {each[0].id: took(each, sql_store) for each in made if each[2] is not None}
    serials = {each[0].id: number for number, each in enumerate(made)}

    @settings(max_examples=50, suppress_health_check=[HealthCheck.nested_given])
    @given(filters(), st.integers(1, 30), st.booleans())
    def check(wanted: Wanted, limit: int, ascending: bool) -> None:
        ids = [each[0].id for each in made if is_wanted(each, wanted)]
        oldest = Order(ascending=True)
        assert found(search, wanted, limit, oldest) == ids
        ended = sorted(
            (each for each in ids if each in durations),
            key=lambda id: (durations[id], serials[id]),
            reverse=not ascending,
        )
        assert found(search, wanted, limit, Order(TOOK, ascending)) == ended

    check()


@pytest.mark.parametrize(("most", "rows"), [(1, 5000), (2, 5000), (50, 5000), (50, 3)])
def test_lists_go_by_name_either_way(sql_store, search, monkeypatch, most, rows):
    monkeypatch.setattr(naming, "MOST_NAMES", most)
    monkeypatch.setattr(naming, "MOST_LOOKED_AT", rows)
    made = some_of_all(sql_store)

    @settings(max_examples=50, suppress_health_check=[HealthCheck.nested_given])
    @given(filters(), st.integers(1, 30), st.booleans())
    def check(wanted: Wanted, limit: int, backwards: bool) -> None:
        newest = [each[0] for each in reversed(made) if is_wanted(each, wanted)]
        expected = sorted(newest, key=lambda new: new.entity.name, reverse=backwards)
        if backwards:  # of each name the newest first all the same
            names = sorted({new.entity.name for new in newest}, reverse=True)
            expected = [new for name in names for new in newest if new.entity.name == name]
        ids: list[str] = []
        after: NamePlace | None = None
        while True:
            page = by_name(search, wanted, limit, after, backwards=backwards)
            assert len(page.executions) <= limit
            ids += [each.id for each in page.executions]
            after = page.last
            if after is None:
                break
        assert ids == [new.id for new in expected]

    check()


def test_rows_that_are_looked_at_for_a_page_count_over_all_names(sql_store, search, monkeypatch):
    monkeypatch.setattr(naming, "MOST_LOOKED_AT", 1)
    made = some_of_all(sql_store)
    names = sorted({new.entity.name for new, *_ in made})
    nowhere = where(version="nowhere", search="x", children=True)
    page = by_name(search, nowhere, 9, None, backwards=False)
    assert (page.executions, page.last and page.last.name) == ([], names[0])


def test_names_that_begin_alike_are_many(sql_store, search, monkeypatch):
    monkeypatch.setattr(choosing, "NAMED", 1)
    made = some_of_all(sql_store)
    for name in ("flows.*", "flows.o*"):
        wanted = where(name=name, children=True)
        expected = [new.id for new, at, end in reversed(made) if is_wanted((new, at, end), wanted)]
        assert found(search, wanted, 7) == expected
        assert search.count(wanted).capped == ()


def test_executions_are_counted_over_time(sql_store, search):
    made = some_of_all(sql_store)

    @settings(max_examples=60, suppress_health_check=[HealthCheck.nested_given])
    @given(filters(), st.sampled_from([1, 3, 40]))
    def check(wanted: Wanted, buckets: int) -> None:
        since, until = 2.0, 42.0
        counted = search.over_time(wanted, since, until, buckets)
        expected: dict[str, list[int]] = {}
        untimed = Wanted(replace(wanted.where, since=None, until=None), *wanted_rest(wanted))
        for each in made:
            _, at, end = each
            if is_wanted(each, untimed) and since <= at < until:
                bucket = int((at - since) * buckets / (until - since))
                expected.setdefault(str(end or Phase.RUNNING), [0] * buckets)[bucket] += 1
        assert {phase: list(some) for phase, some in counted.counts.items()} == expected
        assert (counted.capped, counted.complete) == ((), since)

    check()


def wanted_rest(wanted: Wanted) -> tuple[object, object]:
    return wanted.projects, wanted.marks


def test_counts_over_time_end_somewhere_and_say_so(sql_store, search, monkeypatch):
    monkeypatch.setattr(counting, "MOST_IN_BUCKET", 3)
    for number in range(5):
        begin(sql_store, f"run{number}", 7.0 if number else 1.0, version="v1")
    counted = search.over_time(where(), 0.0, 10.0, 2)
    assert counted.counts == {"RUNNING": (1, 3)}
    assert (counted.capped, counted.complete) == ((1,), 0.0)
    monkeypatch.setattr(counting, "MOST_READ", 2)
    counted = search.over_time(where(version="v1"), 0.0, 10.0, 2)
    assert counted.counts == {"RUNNING": (0, 2)}
    assert counted.complete == 7.0


def test_a_search_looks_at_so_much_at_a_time_and_finds_all(sql_store, search, monkeypatch):
    made = some_of_all(sql_store)
    monkeypatch.setattr(searching, "MOST_LOOKED_AT", 20)
    wanted = where(search="two", children=True)
    expected = [new.id for new, at, end in reversed(made) if is_wanted((new, at, end), wanted)]
    first = search.executions(wanted, 4)
    assert len(expected) > 4
    assert found(search, wanted, 4) == expected
    nothing = search.executions(where(search="nothing has this"), 4)
    assert nothing.executions == []
    assert nothing.last is not None
    assert first.last is not None


def test_what_has_ended_lately_is_found_whenever_it_began(sql_store, search):
    for name, at, took in (("long", 1.0, 8.0), ("short", 2.0, 1.0), ("late", 10.0, 0.5)):
        begin(sql_store, name, at, Phase.FAILED, took=took)
    begin(sql_store, "going", 3.0)
    begin(sql_store, "well", 4.0, Phase.SUCCEEDED, took=7.0)
    failed = ExecutionFilter(phases=("FAILED",))
    assert found(search, Wanted(failed, ended_since=9.0)) == ["late", "long"]
    assert found(search, Wanted(failed, ("birds",), ended_since=9.5)) == ["late"]
    assert found(search, Wanted(ended_since=9.0), 1) == ["late", "well", "long"]
    assert found(search, Wanted(failed, ended_since=9.0), order=Order(TOOK)) == ["long", "late"]
    assert search.count(Wanted(failed, ended_since=9.0)).phases == {"FAILED": 2}


def test_where_nothing_has_ended_lately_a_search_looks_at_so_much(sql_store, search, monkeypatch):
    monkeypatch.setattr(searching, "MOST_LOOKED_AT", 3)
    for number in range(5):
        begin(sql_store, f"run{number}", float(number), Phase.FAILED)
    page = search.executions(Wanted(ended_since=9.0), 4)
    assert (page.executions, page.looked_at) == ([], 3)


def test_what_begins_meanwhile_shifts_no_page(sql_store, search):
    for number in range(6):
        begin(sql_store, f"old{number}", float(number))
    first = search.executions(where(), 3)
    begin(sql_store, "new", 9.0)
    second = search.executions(where(), 3, first.last)
    names = [each.id for page in (first, second) for each in page.executions]
    assert names == [f"old{number}" for number in reversed(range(6))]


def test_records_are_those_of_the_store(sql_store, search):
    begin(sql_store, "run", labels=(("team", "a"),), version="v1", scheduled=3.0, notify=True)
    (record,) = search.executions(where(), 10).executions
    assert record == sql_store.execution("run")


def test_counts_end_somewhere_and_say_so(sql_store, search, monkeypatch):
    monkeypatch.setattr(searching, "MOST_COUNTED", 3)
    for number in range(5):
        begin(sql_store, f"run{number}", end=Phase.FAILED if number else None)
    counted = search.count(where(project="birds"))
    assert counted.phases["FAILED"] == 3
    assert counted.phases["RUNNING"] == 1
    assert counted.capped == ("FAILED",)


def test_counts_among_others_end_somewhere_and_say_so(sql_store, search, monkeypatch):
    monkeypatch.setattr(searching, "MOST_COUNTED_AMONG", 10)
    for number in range(5):
        begin(sql_store, f"run{number}", float(number), Phase.FAILED, version="v1")
    marked = search.count(where(search="run", phases=("FAILED",)))
    assert marked == Counts({"FAILED": 5})
    monkeypatch.setattr(searching, "MOST_COUNTED_AMONG", 2)
    assert search.count(where(search="run", phases=("FAILED",))) == Counts(
        {"FAILED": 2}, ("FAILED",)
    )


def test_labels_of_any_length_are_found(sql_store, search):
    long, other = "x" * 10 * LONGEST_MARK, "x" * (10 * LONGEST_MARK - 1) + "y"
    begin(sql_store, "a", labels=((long, long),))
    begin(sql_store, "b", labels=((long, other),))
    for value, expected in ((long, "a"), (other, "b")):
        name, mark = label_mark(long, value)
        assert found(search, Wanted(marks=((name, (mark,)),))) == [expected]


def test_what_has_nothing_to_be_found_by_takes_no_rows(sql_store):
    begin(sql_store, "run")
    assert sql_store.database.read(("SELECT COUNT(*) FROM marks", ())) == [[(0,)]]
    begin(sql_store, "other", labels=(("a", "1"), ("a", "1")), marks=(("input.x", "2"),))
    assert sql_store.database.read(("SELECT COUNT(*) FROM marks", ())) == [[(2,)]]


# -- news -------------------------------------------------------------------------------------


def test_the_last_lines_of_many_families_are_told_at_once(sql_store, search, monkeypatch):
    begin(sql_store, "a")
    begin(sql_store, "b", end=Phase.SUCCEEDED)
    last = {name: sql_store.journal(name, 0, 100)[-1].seq for name in "ab"}
    assert search.latest(["a", "unknown", "b"]) == last
    assert search.latest(["b", *(f"unknown{number}" for number in range(600)), "a"]) == last
    assert search.latest([]) == {}


# -- node executions --------------------------------------------------------------------------


@pytest.fixture
def run(sql_store: SqlStore) -> Driver:
    """An execution with scopes in scopes."""
    driver = Driver(sql_store)
    driver.begin()
    driver.launch("a", "n1", "n10", "n9")
    scope = driver.open("n2")
    driver.launch("x", "y", path=scope)
    inner = driver.open("m", scope, kind="map")
    driver.launch("[0]", "[1]", path=inner)
    driver.claim()
    driver.end("a")
    driver.move("a", Phase.SUCCEEDED)
    driver.move("n1", Phase.FAILED)
    return driver


def paths(search: Search, limit: int = 2, /, **fields) -> list[str]:
    """The paths of all pages."""
    names: list[str] = []
    while True:
        page = search.nodes("run", NodeFilter(**fields), names[-1] if names else "", limit)
        names += [each.path for each in page]
        if len(page) < limit:
            return names


@pytest.mark.usefixtures("run")
@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["a", "n1", "n10", "n2", "n2/m", "n2/m[0]", "n2/m[1]", "n2/x", "n2/y", "n9"]),
        ({"scope": ""}, ["a", "n1", "n10", "n2", "n9"]),
        ({"scope": "n2"}, ["n2/m", "n2/x", "n2/y"]),
        ({"scope": "n2/m"}, ["n2/m[0]", "n2/m[1]"]),
        ({"scope": "n1"}, []),
        ({"phases": ("FAILED", "SUCCEEDED")}, ["a", "n1"]),
        ({"phases": ("RUNNING",), "scope": ""}, ["n10", "n2", "n9"]),
        ({"search": "N2/"}, ["n2/m", "n2/m[0]", "n2/m[1]", "n2/x", "n2/y"]),
        ({"search": "%"}, []),
    ],
)
def test_node_executions_are_found(search, asked, expected):
    assert paths(search, **asked) == expected


def test_one_node_execution_and_its_attempts(search, run):
    store = run.store
    assert [search.node("run", each.path) for each in store.nodes("run")] == store.nodes("run")
    assert search.node("run", "unknown") is None
    every = [each for node in store.nodes("run") for each in search.attempts("run", node.path)]
    assert every == store.attempts("run")


def test_node_executions_are_counted_by_phase(search, run):
    assert search.phases("run") == {"RUNNING": 8, "SUCCEEDED": 1, "FAILED": 1}
    assert search.phases("unknown") == {}


def test_gates_that_wait_are_told_of(search, run):
    gates = [Create(id, "gate") for id in ("g1", "g2", "g3")]
    assert run.plan(create=gates)
    run.store.signal("run", "g2", b"\xc3", 5.0)
    run.move("g3", Phase.FAILED)
    assert search.waiting("run", 10) == ["g1"]


def test_gates_that_wait_are_found_without_looking_at_all_node_executions(tmp_path):
    """It was 10 ms of every look at an execution of 100,000 of them."""
    with closing(open_sqlite(tmp_path / "volery.db")) as store:
        plan = store.database.read((f"EXPLAIN QUERY PLAN {search_nodes.WAITING}", ("run", 10)))[0]
    assert [step for *_, step in plan if "nodes" in step] == [
        "SCAN nodes USING INDEX waiting_gates"
    ]


@pytest.mark.parametrize(
    ("children", "expected"),
    [
        ({}, {"RUNNING": 2}),
        ({"[0]": "SUCCEEDED", "[1]": "FAILED"}, {"SUCCEEDED": 1, "FAILED": 1, "RUNNING": 2}),
        ({"[0:256]": "SUCCEEDED", "[256:300]": ""}, {"SUCCEEDED": 256, "RUNNING": 46}),
        ({"[0:4]": "SUCCEEDED", "[2]": "FAILED"}, {"SUCCEEDED": 3, "FAILED": 1, "RUNNING": 2}),
        (
            {"[0:2]": "SKIPPED", "[0]": "SUCCEEDED", "[1]": "FAILED", "[2:4]": "SUCCEEDED"},
            {"SUCCEEDED": 3, "FAILED": 1, "RUNNING": 2},
        ),
    ],
)
def test_elements_of_maps_are_counted_by_phase(search, run, children, expected):
    path = run.open("map", kind="map")
    assert run.plan(path, create=[Create(id, "task") for id in children])
    ended = [Move(id, Phase(name)) for id, name in children.items() if name]
    assert run.plan(path, move=ended)
    assert search.elements("run") == expected
    assert set(search.maps("run")) == {"n2/m", *(("map",) if children else ())}
