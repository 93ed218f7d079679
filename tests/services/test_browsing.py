"""What is shown of executions, and to whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import closing

import msgspec
import pytest
from tests.services import browsed
from tests.services.conftest import ROOT

from volery.errors import CallError, NotFound, TypeMismatch
from volery.ids import range_of, split
from volery.ir.values import split_record, unpack
from volery.sdk.compile import compile_entity
from volery.sdk.entity import Entity
from volery.services.browsing import Browsing
from volery.services.engine import Engine, embedded
from volery.store.search import Search
from volery.store.sql import SqlStore
from volery.wire.access import LOCAL, Identity
from volery.wire.executions import ExecutionFilter, NodeFilter, Values
from volery.wire.page import MOST

pytestmark = pytest.mark.keeps_running("the workers of the warm engine")

STRANGER = Identity("stranger", "admin", ("elsewhere",))


@pytest.fixture(scope="session")
def browsing(warm: Engine) -> Iterator[Browsing]:
    with closing(warm.home.open()) as store:
        yield browsing_of(warm, store)


def browsing_of(engine: Engine, store: SqlStore) -> Browsing:
    return Browsing(Search(store.database), store, engine.home, engine.storage)


def start(engine: Engine, entity: Entity, inputs: dict[str, object], **particulars) -> str:
    packed = entity.signature.pack_inputs(inputs)
    return engine.submit(compile_entity(entity), entity.ref, packed, **particulars)


def run(engine: Engine, entity: Entity, **inputs: object) -> str:
    ended = engine.run(entity, inputs)
    assert ended.failure is None
    return ended.execution


def told(values: Values) -> tuple[object, dict[str, str]]:
    """The values as JSON; they are the same in the packed record."""
    assert set(split_record(values.record)) == set(values.values)
    return values.values, values.types


# -- values -----------------------------------------------------------------------------------


def test_values_of_executions_and_tasks_have_their_types(warm, browsing):
    id = run(warm, browsed.sums, a=1.0)
    assert told(browsing.inputs(LOCAL, id, "")) == (
        {"a": 1.0, "b": 2.0},
        {"a": "float", "b": "float"},
    )
    assert told(browsing.outputs(LOCAL, id, "")) == ({"o0": 5.0}, {"o0": "float"})
    assert told(browsing.inputs(LOCAL, id, "n1"))[0] == {"a": 3.0, "b": 2.0}
    assert told(browsing.outputs(LOCAL, id, "n1"))[0] == {"o0": 5.0}


def test_values_of_launch_plans_have_what_is_fixed(warm, browsing):
    id = run(warm, browsed.starting, a=1.0)
    node = browsing.node(LOCAL, id, "n0")
    assert (node.kind, node.entity) == ("launch_plan", "browsed-plan")
    child = browsing.execution(LOCAL, node.child)
    assert (child.parent, child.parent_path, child.root) == (id, "n0", id)
    for inputs in (browsing.inputs(LOCAL, id, "n0"), browsing.inputs(LOCAL, node.child, "")):
        assert told(inputs) == ({"a": 1.0, "b": 5.0}, {"a": "float", "b": "float"})
    assert told(browsing.outputs(LOCAL, id, "n0"))[0] == {"o0": 11.0}


def test_values_of_maps_and_their_ranges_are_lists(warm, browsing):
    id = run(warm, browsed.mapping, n=600)
    children = browsing.nodes(LOCAL, id, NodeFilter(scope="n1"), 10, "").items
    assert all(each.entity.endswith("one_more") for each in children)
    assert told(browsing.inputs(LOCAL, id, "n1"))[0] == {"x": list(range(600))}
    for each in children:
        inputs = told(browsing.inputs(LOCAL, id, each.path))[0]["x"]
        outputs = told(browsing.outputs(LOCAL, id, each.path))[0]["o0"]
        assert outputs == [x + 1 for x in inputs]
        start, end = range_of(split(each.path)[1])
        assert inputs == list(range(start, end))


def test_elements_in_a_range_are_found_with_what_is_theirs(warm, browsing):
    id = run(warm, browsed.mapping, n=600)
    children = browsing.nodes(LOCAL, id, NodeFilter(scope="n1"), MOST, "").items
    ranges = {each.path: range_of(split(each.path)[1]) for each in children}
    for index in (0, 599, *(end - 1 for _, end in ranges.values())):
        path = f"n1[{index}]"
        element = browsing.node(LOCAL, id, path)
        start, end = ranges[element.range]
        assert start <= index < end
        assert (element.path, element.phase) == (path, "SUCCEEDED")
        assert element.entity.endswith("one_more")
        assert told(browsing.inputs(LOCAL, id, path)) == ({"x": index}, {"x": "int"})
        assert told(browsing.outputs(LOCAL, id, path)) == ({"o0": index + 1}, {"o0": "int"})
        (attempt,) = browsing.attempts(LOCAL, id, path)
        assert attempt.path == element.range
        with pytest.raises(NotFound, match="no attempt") as refused:
            browsing.check_attempt(LOCAL, id, path, 1)
        assert element.range in (refused.value.hint or "")
    for path in ("n1[600]", "n1[x]", "n0[0]", "n1[0:1]"):
        with pytest.raises(NotFound):
            browsing.node(LOCAL, id, path)


def test_elements_with_scopes_have_values_of_their_own(warm, browsing):
    id = run(warm, browsed.mapping_sums, values=[1.0, 2.0])
    assert told(browsing.inputs(LOCAL, id, "n0[1]"))[0] == {"a": 2.0, "b": 2.0}
    assert told(browsing.outputs(LOCAL, id, "n0[1]/n1"))[0] == {"o0": 6.0}


@pytest.mark.parametrize(
    ("entity", "path", "inputs", "output"),
    [
        (browsed.choosing, "n0", None, 6),
        (browsed.choosing, "n0/n2", {"n": 4}, [0, 1, 2, 3]),
        (browsed.chained, "n0", {"x": 4, "n": 2}, 6),
        (browsed.chained, "n0/@body", {"x": 4, "n": 2}, None),
        (browsed.chained, "n0/n1", {"x": 5}, 6),
        (browsed.awaited, "n0", {"x": 4}, 9),
        (browsed.awaited, "n0/@body", {"x": 4}, 9),
    ],
)
def test_nodes_of_every_kind_have_values(browsing, warm, entity, path, inputs, output):  # noqa: PLR0917
    id = run(warm, entity, x=4)
    paths = [each.path for each in browsing.nodes(LOCAL, id, NodeFilter(), 100, "").items]
    assert path in paths
    if inputs is not None:
        assert told(browsing.inputs(LOCAL, id, path))[0] == inputs
    else:
        assert 4 in browsing.inputs(LOCAL, id, path).values.values()
    if output is None:
        with pytest.raises(NotFound, match="no outputs"):
            browsing.outputs(LOCAL, id, path)
    else:
        assert list(browsing.outputs(LOCAL, id, path).values.values()) == [output]


def test_what_is_kept_elsewhere_is_not_opened(warm, browsing):
    id = run(warm, browsed.mapping, n=50_000)
    values = browsing.outputs(LOCAL, id, "n0").values
    assert values["o0"]["type"] == "offloaded"
    assert values["o0"]["length"] == 50_000
    id = run(warm, browsed.writing, text="abc")
    values = browsing.outputs(LOCAL, id, "").values
    assert (values["o0"]["type"], values["o0"]["size"]) == ("content", 3)


# -- summaries --------------------------------------------------------------------------------


def test_a_summary_counts_nodes_and_elements(warm, browsing):
    id = run(warm, browsed.mapping, n=600)
    summary = browsing.summary(LOCAL, id)
    assert summary.execution == browsing.execution(LOCAL, id)
    assert summary.elements == {"SUCCEEDED": 600}
    nodes = browsing.nodes(LOCAL, id, NodeFilter(), MOST, "").items
    assert summary.nodes == {"SUCCEEDED": len(nodes)}
    assert summary.journal == browsing.events(LOCAL, id, 0, MOST)[-1].seq
    assert (summary.cached, summary.recovered, summary.retries) == (0, 0, 0)


def test_a_summary_counts_what_was_found_elsewhere_and_what_was_tried_again(warm, browsing):
    first, second = (run(warm, browsed.remembering, text="counted") for _ in range(2))
    failed = warm.run(browsed.half, {"x": 1}).execution
    recovered = start(warm, browsed.half, {"x": 1}, recovers=failed)
    warm.drain(recovered)
    insisting = run(warm, browsed.insisting, x=1)
    counted = [browsing.summary(LOCAL, id) for id in (first, second, recovered, insisting)]
    assert [(each.cached, each.recovered, each.retries) for each in counted] == [
        (0, 0, 0),
        (1, 0, 0),
        (0, 1, 0),
        (0, 0, 2),
    ]


def test_gates_that_somebody_has_to_answer_wait(tmp_path):
    with (
        embedded(tmp_path, workers=1, import_roots=[ROOT]) as engine,
        closing(engine.home.open()) as store,
    ):
        look = browsing_of(engine, store)
        id = start(engine, browsed.gated, {"x": 1})
        engine.serve(lambda: len(look.nodes(LOCAL, id, NodeFilter(), 9, "").items) == 2)
        summary = look.summary(LOCAL, id)
        assert (summary.gates, summary.nodes) == (("n1",), {"RUNNING": 2})
        waits = {
            each.path: each.waiting for each in look.nodes(LOCAL, id, NodeFilter(), 9, "").items
        }
        assert waits == {"n0": False, "n1": True}
        assert look.node(LOCAL, id, "n1").entity == "ship"
        assert look.execution(LOCAL, id).driven
        engine.signal(id, "n1", b"\xc3")
        assert look.summary(LOCAL, id).gates == ()
    with closing(engine.home.open()) as store:
        assert not browsing_of(engine, store).execution(LOCAL, id).driven


# -- finding ----------------------------------------------------------------------------------


def found(browsing: Browsing, **where) -> set[str]:
    page = browsing.executions(LOCAL, ExecutionFilter(**where), MOST, "")
    return {each.id for each in page.items}


def test_executions_are_found_by_the_values_of_inputs(warm, browsing):
    day = run(warm, browsed.dated, day=dt.date(2031, 5, 1), name="ann")
    run(warm, browsed.dated, day=dt.date(2031, 5, 2), name="bob", on=False)
    for name in ("", browsed.dated.name):
        for inputs in ({"day": "2031-05-01"}, {"name": "ann"}, {"name": "ann", "on": True}):
            assert found(browsing, name=name, inputs=inputs) == {day}
        assert found(browsing, name=name, inputs={"name": "ann", "on": False}) == set()
    number = run(warm, browsed.sums, a=12345.0)
    assert found(browsing, inputs={"a": 12345}) == {number}
    assert found(browsing, name=browsed.sums.name, inputs={"a": 12345}) == {number}


def test_inputs_that_cannot_be_searched_for_are_refused(warm, browsing, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("of the server")
    run(warm, browsed.reading, file=browsed.File(str(secret)))
    where = ExecutionFilter(name=browsed.reading.name, inputs={"file": str(secret)})
    with pytest.raises(CallError, match="input file"):
        browsing.executions(LOCAL, where, 10, "")
    run(warm, browsed.sums, a=1.0)
    where = ExecutionFilter(name=browsed.sums.name, inputs={"a": "text"})
    with pytest.raises(TypeMismatch, match="input a"):
        browsing.executions(LOCAL, where, 10, "")


def test_executions_are_found_by_labels(warm, browsing):
    id = start(warm, browsed.sums, {"a": 1.0}, labels={"team": "blue", "run": "7"})
    warm.drain(id)
    assert found(browsing, labels={"team": "blue"}) == {id}
    assert found(browsing, labels={"team": "blue", "run": "8"}) == set()


@pytest.mark.parametrize(
    "cursor", ["x", "1:2:3", "1:nan", "1:", "9" * 30 + ":1.0", "1:1e999", "1:--"]
)
def test_what_is_no_cursor_is_refused(browsing, cursor):
    with pytest.raises(CallError, match="cursor"):
        browsing.executions(LOCAL, ExecutionFilter(), 10, cursor)


def test_phases_that_there_are_not_are_refused(warm, browsing):
    with pytest.raises(CallError, match="'DONE'"):
        browsing.count(LOCAL, ExecutionFilter(phases=("DONE",)))
    id = run(warm, browsed.sums, a=1.0)
    with pytest.raises(CallError) as caught:
        browsing.nodes(LOCAL, id, NodeFilter(phases=("FAILD",)), 10, "")
    assert "FAILED" in str(caught.value.hint)


# -- rights -----------------------------------------------------------------------------------


def test_who_may_not_see_a_project_finds_nothing_of_it(warm, browsing):
    id = run(warm, browsed.sums, a=1.0)
    looks = [
        lambda who: browsing.execution(who, id),
        lambda who: browsing.summary(who, id),
        lambda who: browsing.nodes(who, id, NodeFilter(), 1, ""),
        lambda who: browsing.node(who, id, "n0"),
        lambda who: browsing.attempts(who, id, "n0"),
        lambda who: browsing.inputs(who, id, "n0"),
        lambda who: browsing.outputs(who, id, ""),
        lambda who: browsing.events(who, id, 0, 1),
    ]
    for look in looks:
        assert look(Identity("viewer", "viewer", ("default",))) is not None
        with pytest.raises(NotFound, match=f"no execution {id}"):
            look(STRANGER)
    assert browsing.executions(STRANGER, ExecutionFilter(), 10, "").items == ()
    assert not any(browsing.count(STRANGER, ExecutionFilter()).phases.values())
    with pytest.raises(NotFound, match="default"):
        browsing.executions(STRANGER, ExecutionFilter(project="default"), 10, "")


def test_everything_shown_can_be_sent(warm, browsing):
    id = run(warm, browsed.tabled, texts=["a", "bc"])
    for each in (
        browsing.summary(LOCAL, id),
        browsing.outputs(LOCAL, id, "n0"),
        browsing.nodes(LOCAL, id, NodeFilter(), 9, ""),
    ):
        assert msgspec.json.decode(msgspec.json.encode(each), type=type(each)) is not None
    assert unpack(split_record(browsing.outputs(LOCAL, id, "").record)["o0"]) == [1, 2]
