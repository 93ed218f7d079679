"""What pages show of many executions, and to whom."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

import pytest
from tests.services import browsed
from tests.services.conftest import ROOT

from volery.clock import SystemClock
from volery.errors import CallError, NotFound
from volery.sdk.compile import compile_entity
from volery.sdk.entity import Entity
from volery.services import fleet as grid
from volery.services.artifacts import ArtifactViews
from volery.services.browsing import Browsing
from volery.services.comparing import Comparing
from volery.services.engine import Engine, embedded
from volery.services.fleet import FleetViews
from volery.services.overview import Overview
from volery.services.tracing import Tracing
from volery.store.artifacts import Artifacts
from volery.store.fleet import GridNode
from volery.store.lineage import Traces
from volery.store.search import Search
from volery.wire.access import LOCAL, Identity
from volery.wire.artifacts import Artifact, ArtifactFilter
from volery.wire.comparisons import Comparison, ComparisonQuery
from volery.wire.executions import ExecutionFilter
from volery.wire.order import Order
from volery.wire.suggestions import SuggestionQuery

pytestmark = pytest.mark.keeps_running("the workers of the warm engine")

STRANGER = Identity("stranger", "admin", ("elsewhere",))
MINE = Identity("mine", "viewer", ("default",))


class Views(NamedTuple):
    engine: Engine
    browsing: Browsing
    overview: Overview
    fleet: FleetViews
    comparing: Comparing
    artifacts: ArtifactViews

    def run(self, entity: Entity, **inputs: object) -> str:
        """An execution that has ended."""
        return self.engine.run(entity, inputs).execution

    def start(self, entity: Entity, inputs: dict[str, object], **particulars: object) -> str:
        """An execution that nobody drives yet."""
        packed = entity.signature.pack_inputs(inputs)
        return self.engine.submit(compile_entity(entity), entity.ref, packed, **particulars)

    def compare(self, left: str, right: str, limit: int = 100, cursor: str = "") -> Comparison:
        return self.comparing.compare(LOCAL, ComparisonQuery(left, right), limit, cursor)

    def made(self, execution: str, *, content: bool = True) -> list[Artifact]:
        where = ArtifactFilter(execution=execution, content=content)
        return list(self.artifacts.page(LOCAL, where, 100, "").items)


@pytest.fixture(scope="module")
def views(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Views]:
    home = tmp_path_factory.mktemp("home")
    with (
        embedded(home, workers=1, import_roots=[ROOT]) as engine,
        closing(engine.home.open()) as store,
    ):
        database, clock = store.database, SystemClock()
        browsing = Browsing(Search(database), store, engine.home, engine.storage)
        sight = browsing.sight
        tracing = Tracing(Traces(database), store, engine.home, engine.storage, sight.definitions)
        yield Views(
            engine,
            browsing,
            Overview(sight, database, clock),
            FleetViews(sight, database, clock),
            Comparing(sight),
            ArtifactViews(Artifacts(database), tracing),
        )


# -- lists and counts -------------------------------------------------------------------------


@pytest.mark.parametrize("sort", ["started", "duration", "name"])
@pytest.mark.parametrize("ascending", [True, False])
def test_a_list_in_any_order_is_read_page_by_page(views, sort, ascending):
    for entity in (browsed.sums, browsed.outer):
        views.run(entity, a=1.0)
    where, order = ExecutionFilter(name="tests.services.browsed.*"), Order(sort, ascending)
    whole = views.browsing.executions(LOCAL, where, 1000, "", order)
    assert whole.next is None
    ids: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = views.browsing.executions(LOCAL, where, 1, cursor, order)
        ids += [each.id for each in page.items]
        cursor = page.next
    assert ids == [each.id for each in whole.items]
    names = [each.entity.name for each in whole.items]
    if sort == "name":
        assert names == sorted(names, reverse=not ascending)


@pytest.mark.parametrize("sort", ["started", "duration", "name"])
@pytest.mark.parametrize("cursor", ["x", "1", "took:", "took:x", "bm90", "1:x", "WzFd", "////"])
def test_what_is_no_cursor_is_refused(views, sort, cursor):
    views.run(browsed.sums, a=1.0)
    if (sort, cursor) == ("duration", "took:"):
        return  # the beginning
    with pytest.raises(CallError, match="cursor"):
        views.browsing.executions(LOCAL, ExecutionFilter(), 1, cursor, Order(sort))


def test_executions_are_counted_by_when_they_began(views):
    id = views.run(browsed.sums, a=1.0)
    created = views.browsing.execution(LOCAL, id).created
    found = views.overview.over_time(LOCAL, ExecutionFilter(), 60)
    assert found.until - found.since == pytest.approx(86_400)
    assert found.counts["SUCCEEDED"][-1] >= 1
    where = ExecutionFilter(since=created, until=created + 1e-3)
    assert views.overview.over_time(LOCAL, where, 1).counts == {"SUCCEEDED": (1,)}
    assert views.overview.over_time(STRANGER, where, 1).counts == {}
    with pytest.raises(CallError, match="before the end"):
        views.overview.over_time(LOCAL, ExecutionFilter(since=2.0, until=2.0), 1)
    with pytest.raises(NotFound):
        views.overview.over_time(STRANGER, ExecutionFilter(project="default"), 1)


# -- gates ------------------------------------------------------------------------------------


def test_gates_that_wait_are_told_of_wherever_they_are(views):
    ids = [views.start(browsed.gated, {"x": number}) for number in (1, 2)]
    try:
        views.engine.serve(lambda: len(views.overview.gates(LOCAL, "", "", 10, "").items) == 2)
        newest, other = views.overview.gates(MINE, "default", "development", 10, "").items
        assert {newest.gate.execution, other.gate.execution} == set(ids)
        assert newest.gate.name == "ship"
        assert newest.since >= other.since
        assert (newest.root, newest.entity.name) == (newest.gate.execution, browsed.gated.name)
        first = views.overview.gates(LOCAL, "", "", 1, "")
        second = views.overview.gates(LOCAL, "", "", 1, first.next or "")
        assert [*first.items, *second.items] == [newest, other]
        assert second.next is None or not views.overview.gates(LOCAL, "", "", 1, second.next).items
        assert views.overview.gates(STRANGER, "", "", 10, "").items == ()
        with pytest.raises(NotFound):
            views.overview.gates(STRANGER, "default", "", 10, "")
        with pytest.raises(CallError, match="cursor"):
            views.overview.gates(LOCAL, "", "", 10, "x")
    finally:
        for id in ids:
            views.engine.request_abort(id, "over")
            views.engine.drain(id)
    assert views.overview.gates(LOCAL, "", "", 10, "").items == ()


# -- suggestions ------------------------------------------------------------------------------


def test_what_is_typed_is_gone_on_with(views):
    views.engine.drain(views.start(browsed.sums, {"a": 1.0}, labels={"team": "vision"}))

    def suggested(who: Identity, field: str, prefix: str = "") -> tuple[str, ...]:
        return views.overview.suggestions(who, SuggestionQuery(field, prefix), 20)

    assert browsed.sums.name in suggested(LOCAL, "name", "tests.")
    assert suggested(MINE, "label", "te") == ("team",)
    assert suggested(MINE, "label", "team=") == ("team=vision",)
    for field in ("name", "label", "id", "version", "task"):
        assert suggested(STRANGER, field) == ()
    with pytest.raises(NotFound):
        views.overview.suggestions(STRANGER, SuggestionQuery("name", "", "default"), 20)


# -- the fleet --------------------------------------------------------------------------------


def test_executions_stand_side_by_side(views):
    ids = [views.run(browsed.outer, a=float(number)) for number in range(3)]
    where = ExecutionFilter(name=browsed.outer.name)
    found = views.fleet.fleet(MINE, where, "", 2, "")
    assert [each.id for each in found.executions] == ids[:0:-1]
    rest = views.fleet.fleet(MINE, where, "", 100, found.next or "")
    assert rest.executions[0].id == ids[0]
    inner, last = found.rows
    assert (inner.path, inner.kind, inner.opens) == ("n0", "workflow", True)
    assert (inner.entity, last.entity) == (browsed.sums.name, browsed.add.name)
    assert last.phases == ("SUCCEEDED", "SUCCEEDED")
    assert (last.attempts, last.reused, last.flakiness) == ((1, 1), (False, False), 0.0)
    assert last.median is not None
    inside = views.fleet.fleet(MINE, where, "n0", 2, "")
    assert [row.path for row in inside.rows] == ["n0/n0", "n0/n1"]
    assert views.fleet.fleet(STRANGER, where, "", 2, "").executions == ()


def test_a_fleet_of_other_shapes_has_holes(views):
    views.run(browsed.sums, a=1.0)
    views.run(browsed.half, x=1)
    found = views.fleet.fleet(LOCAL, ExecutionFilter(), "", 2, "")
    assert [row.path for row in found.rows] == ["n0", "n1"]
    _, second = found.rows
    assert second.phases == ("FAILED", "SUCCEEDED")
    assert (second.failures, second.flakiness) == (1, 0.5)


def test_a_scope_with_too_much_is_cut(views, monkeypatch):
    monkeypatch.setattr(grid, "MOST", 1)
    monkeypatch.setattr("volery.store.fleet.MOST", 1)
    monkeypatch.setattr(
        "volery.store.fleet.AT_PATHS",
        "SELECT path, kind, phase, attempt, created, ended, reuse IS NOT NULL FROM nodes"
        " WHERE execution = ? AND path IN (?)",
    )
    views.run(browsed.sums, a=1.0)
    found = views.fleet.fleet(LOCAL, ExecutionFilter(name=browsed.sums.name), "", 1, "")
    assert [row.path for row in found.rows] == ["n0"]
    assert not found.complete


def cell(phase: str, attempt: int = 1, *, reused: bool = False) -> GridNode:
    return GridNode("n0", "task", phase, attempt, 1.0, 2.0, reused)


@pytest.mark.parametrize(
    ("cells", "flakiness"),
    [
        ([], 0.0),
        ([cell("SUCCEEDED")] * 4, 0.0),
        ([cell("FAILED", 3)] * 4, 0.0),  # broken, and not flaky
        ([cell("SUCCEEDED"), cell("FAILED")] * 2, 0.75),
        ([cell("SUCCEEDED", 2), cell("SUCCEEDED")], 0.5),
        ([cell("SUCCEEDED"), cell("ABORTED"), cell("SUCCEEDED")], 0.0),
        ([cell("SUCCEEDED", 2), cell("FAILED")], 1.0),
        ([cell("SUCCEEDED"), cell("FAILED", reused=True)], 0.0),
    ],
)
def test_flaky_is_what_comes_out_otherwise(cells, flakiness):
    row = grid._row("n0", [{}, *({"n0": each} for each in cells), {"n0": cell("SKIPPED")}], "", 9.0)
    assert row.flakiness == flakiness
    assert row.phases[0] is None


def test_what_has_run_lately_comes_first(views):
    for entity in (browsed.outer, browsed.sums, browsed.sums):
        last = views.run(entity, a=1.0)
    latest, second, *_ = views.fleet.entities(MINE, ExecutionFilter(), 2)
    assert (latest.entity.name, second.entity.name) == (browsed.sums.name, browsed.outer.name)
    assert latest.runs[0].id == last
    assert len(latest.runs) == 2
    assert views.fleet.entities(STRANGER, ExecutionFilter(), 2) == ()


# -- comparing --------------------------------------------------------------------------------


def test_the_same_twice_does_not_differ(views):
    left, right = (views.run(browsed.sums, a=1.0) for _ in range(2))
    found = views.compare(left, right)
    assert (found.left.id, found.right.id, found.differences) == (left, right, ())
    assert [(each.name, each.same, each.left) for each in found.inputs] == [
        ("a", True, 1.0),
        ("b", True, 2.0),
    ]
    assert [(each.name, each.same, each.left_type) for each in found.outputs] == [
        ("o0", True, "float")
    ]
    assert [(each.path, each.entity) for each in found.nodes] == [
        ("n0", browsed.add.name),
        ("n1", browsed.add.name),
    ]
    assert found.nodes[0].left is not None
    assert found.nodes[0].left.ended is not None
    assert found.next is None


def test_inputs_and_outputs_that_differ_are_told(views):
    left, right = (views.run(browsed.sums, a=a) for a in (1.0, 2.0))
    told = [
        (each.what, each.name, each.left, each.right)
        for each in views.compare(left, right).differences
    ]
    assert told == [("inputs", "a", "1.0", "2.0"), ("outputs", "o0", "5.0", "6.0")]


def test_files_of_other_content_differ_and_those_of_the_same_do_not(views):
    one, other, again = (views.run(browsed.writing, text=text) for text in ("a", "b", "a"))
    assert [each.same for each in views.compare(one, other).outputs] == [False]
    assert [each.same for each in views.compare(one, again).outputs] == [True]


def test_other_entities_and_ends_are_told(views):
    good, bad = views.run(browsed.sums, a=1.0), views.run(browsed.half, x=1)
    found = views.compare(good, bad)
    by_what = {each.what: each for each in found.differences}
    assert found.differences[0].what == "entity"
    assert by_what["phase"].right == "FAILED"
    assert by_what["failure"].right.startswith("ValueError")
    assert by_what["node"].name == "n1"
    assert {each.name: each.right_type for each in found.inputs} == {"a": "", "b": "", "x": "int"}


def test_other_nodes_are_paired_page_by_page(views):
    left, right = views.run(browsed.sums, a=1.0), views.run(browsed.writing, text="a")
    first = views.compare(left, right, 1)
    assert [(each.path, each.right is None) for each in first.nodes] == [("n0", False)]
    second = views.compare(left, right, 1, first.next or "")
    assert [(each.path, each.right is None) for each in second.nodes] == [("n1", True)]
    assert second.next is None


def test_a_stranger_compares_nothing(views):
    id = views.run(browsed.sums, a=1.0)
    for pair in ((id, id), (id, "unknown")):
        with pytest.raises(NotFound):
            views.comparing.compare(STRANGER, ComparisonQuery(*pair), 10, "")


# -- artifacts --------------------------------------------------------------------------------


def test_files_that_were_made_are_artifacts(views):
    id = views.run(browsed.filed, text="abc")
    (made,) = views.made(id)
    assert (made.path, made.name, made.type, made.size) == ("n0", "o0", "File", 3)
    assert made.preview.startswith("written.txt")
    assert made.entity is not None
    assert made.entity.name == browsed.write.name
    every = views.made(id, content=False)
    assert [(each.path, each.type, each.size) for each in every] == [
        ("n1", "int", None),
        ("n0", "File", 3),
    ]


def test_files_in_records_and_large_lists_are_artifacts(views):
    (file, *_) = views.made(views.run(browsed.tabled, texts=["a"]))
    assert (file.path, file.name, file.size) == ("n0", "o0[0].file", 1)
    (numbers, *_) = [
        each for each in views.made(views.run(browsed.mapping, n=50_000)) if each.path == "n0"
    ]
    assert (numbers.name, numbers.type) == ("o0", "list[int]")
    assert numbers.size is not None
    assert numbers.size > 100_000


def test_what_comes_from_the_cache_is_no_new_artifact(views):
    first, second = (views.run(browsed.remembering, text="kept") for _ in range(2))
    assert len(views.made(first)) == 1
    assert views.made(second) == []


def test_a_stranger_has_no_artifacts(views):
    id = views.run(browsed.filed, text="abc")
    where = ArtifactFilter(execution=id)
    assert views.artifacts.page(STRANGER, where, 10, "").items == ()
    with pytest.raises(NotFound):
        views.artifacts.page(STRANGER, ArtifactFilter(project="default"), 10, "")
    with pytest.raises(CallError, match="cursor"):
        views.artifacts.page(LOCAL, where, 10, "x")
