"""How scopes of every kind are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from tests.services import browsed, scoped
from tests.services.conftest import ROOT
from tests.services.test_browsing import browsing_of, start

from volery.clock import SystemClock
from volery.errors import NotFound
from volery.ir.codec import canonical
from volery.sdk.compile import compile_entity
from volery.services.access import Audit
from volery.services.engine import Engine, embedded
from volery.services.graphs import Graphs
from volery.services.packages import Packages
from volery.services.registration import Registration
from volery.store.access import AuditTable
from volery.store.catalog import Catalog
from volery.store.progress import Progress
from volery.store.sql import SqlStore
from volery.wire.access import LOCAL, Identity
from volery.wire.entities import EntityKey, Registration as NewEntities
from volery.wire.graphs import Graph, GraphEdge

pytestmark = pytest.mark.keeps_running("the workers of the warm engine")


def graphs_of(engine: Engine, store: SqlStore) -> Graphs:
    sight = browsing_of(engine, store).sight
    return Graphs(sight, registration_of(engine, store), Progress(store.database))


def registration_of(engine: Engine, store: SqlStore) -> Registration:
    clock = SystemClock()
    audit = Audit(AuditTable(store.database), clock)
    packages = Packages(engine.home, engine.storage)
    return Registration(Catalog(store.database), packages, store, clock, audit)


@pytest.fixture(scope="module")
def store(warm: Engine) -> Iterator[SqlStore]:
    with closing(warm.home.open()) as opened:
        yield opened


@pytest.fixture(scope="module")
def graphs(warm: Engine, store: SqlStore) -> Graphs:
    return graphs_of(warm, store)


def titles(graph: Graph) -> list[tuple[str, str, str]]:
    return [(node.path, node.kind, node.title) for node in graph.nodes]


def test_branches_have_their_arms_in_place(warm, graphs):
    id = start(warm, scoped.weighing, {"x": 4})
    warm.drain(id)
    graph = graphs.of_execution(LOCAL, id, "")
    assert titles(graph) == [("n0", "task", "one_more"), ("n1", "branch", "weight")]
    assert graph.edges[0].data[0].input == ""
    heavy, light, rest = graph.nodes[1].arms
    assert [arm.condition for arm in (heavy, light, rest)] == [
        "one_more > 10 and x >= 3",
        'name == "abc" or (one_more < 2 or x == 1)',
        "else",
    ]
    [inner] = heavy.nodes
    assert (inner.path, inner.kind) == ("n1/n2", "branch")
    assert [arm.condition for arm in inner.arms] == ["one_more > 20", "else"]
    assert [node.path for node in inner.arms[0].nodes] == ["n1/n2/n3"]
    assert light.edges == (GraphEdge("n5", "n6"),)
    assert (rest.fails, rest.nodes) == ("too light", ())
    assert graphs.of_execution(LOCAL, id, "n1").arms == graph.nodes[1].arms
    assert graphs.of_execution(LOCAL, id, "n1/n2").arms == inner.arms


def test_a_dynamic_task_shows_what_it_has_emitted(warm, graphs):
    id = start(warm, browsed.chained, {"x": 1})
    before = graphs.of_execution(LOCAL, id, "n0")
    assert (titles(before), before.complete) == ([("n0/@body", "task", "chain")], False)
    warm.drain(id)
    graph = graphs.of_execution(LOCAL, id, "n0")
    assert (graph.kind, graph.complete, graph.total) == ("dynamic", True, 3)
    assert [node.role for node in graph.nodes] == ["function", "", ""]
    assert graph.edges[0] == GraphEdge("@body", "n0")
    with pytest.raises(NotFound, match="@body"):
        graphs.of_execution(LOCAL, id, "n0/@body")


def test_an_eager_task_shows_what_it_has_called(warm, graphs):
    id = start(warm, browsed.awaited, {"x": 1})
    assert not graphs.of_execution(LOCAL, id, "n0").complete
    warm.drain(id)
    graph = graphs.of_execution(LOCAL, id, "n0")
    assert (graph.kind, graph.complete) == ("eager", True)
    assert [node.title for node in graph.nodes] == ["awaiting", "one_more", "total"]
    assert {edge.source for edge in graph.edges} == {"@body"}


def test_elements_of_maps_have_graphs_of_their_own(warm, graphs):
    id = start(warm, browsed.mapping_sums, {"values": [1.0, 2.0]})
    warm.drain(id)
    mapped = graphs.of_execution(LOCAL, id, "n0")
    assert mapped.element is not None
    assert (mapped.element.kind, mapped.element.opens) == ("workflow", True)
    graph = graphs.of_execution(LOCAL, id, "n0[1]")
    assert [node.path for node in graph.nodes] == ["n0[1]/n0", "n0[1]/n1"]
    with pytest.raises(NotFound):
        graphs.of_execution(LOCAL, id, "n0[0:2]")


def test_a_subworkflow_can_be_seen_before_it_begins(warm, graphs):
    id = start(warm, browsed.outer, {"a": 1.0})
    graph = graphs.of_execution(LOCAL, id, "n0")
    assert (graph.title, [node.path for node in graph.nodes]) == ("sums", ["n0/n0", "n0/n1"])
    warm.drain(id)
    assert graphs.of_execution(LOCAL, id, "n0") == graph


def test_a_graph_is_drawn_once_for_all_executions_of_a_version(warm, graphs):
    one, other = (start(warm, browsed.outer, {"a": float(each)}) for each in range(2))
    graph = graphs.of_execution(LOCAL, one, "n0")
    assert graphs.of_execution(LOCAL, other, "n0") is graph
    for each in (one, other):
        warm.drain(each)
    assert graphs.of_execution(LOCAL, one, "n0") is graph


def test_a_failure_handler_is_a_node(warm, graphs):
    id = start(warm, scoped.handled, {"x": 1})
    warm.drain(id)
    handler = graphs.of_execution(LOCAL, id, "").nodes[-1]
    assert (handler.path, handler.role, handler.title) == ("@on_failure", "handler", "clean_up")


def test_what_is_registered_is_drawn_as_far_as_it_is_known(tmp_path):
    with (
        embedded(tmp_path, workers=1, import_roots=[ROOT]) as engine,
        closing(engine.home.open()) as store,
    ):
        for entity in (scoped.weighing, browsed.chained, browsed.awaited):
            bundle = canonical(compile_entity(entity).bundle)
            new = NewEntities(bundle, version="v1")
            registration_of(engine, store).register(LOCAL, new)
        look = graphs_of(engine, store)
        key = EntityKey("workflow", scoped.weighing.name, "v1")
        graph = look.of_entity(LOCAL, key, "")
        assert [len(node.arms) for node in graph.nodes] == [0, 3]
        assert graph.entity == key
        for entity in (browsed.chained, browsed.awaited):
            inside = look.of_entity(LOCAL, EntityKey("workflow", entity.name, "v1"), "n0")
            assert ([node.role for node in inside.nodes], inside.complete) == (["function"], False)
        with pytest.raises(NotFound):
            look.of_entity(Identity("stranger", "viewer", ("elsewhere",)), key, "")


def test_who_may_not_see_an_execution_sees_no_graph(warm, graphs):
    id = start(warm, browsed.sums, {"a": 1.0})
    warm.drain(id)
    with pytest.raises(NotFound, match=id):
        graphs.of_execution(Identity("stranger", "admin", ("elsewhere",)), id, "")
