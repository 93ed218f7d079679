from __future__ import annotations

import pytest
from tests.engine.harness import DEFINITIONS, Harness, gate, index, node

from volery.engine.definitions import DynamicDefinition, EagerDefinition, MapDefinition, graph_of
from volery.engine.graph import GraphIndex
from volery.engine.model import BODY, HANDLER, ScopeState
from volery.errors import NotFound
from volery.ir.interface import Input, Interface, Output
from volery.ir.nodes import GateTarget, MapTarget, Node, TaskTarget
from volery.ir.policy import Caching, Limits, Policy
from volery.ir.ref import Ref
from volery.ir.types import INT

NOTHING = ScopeState()


def child(node: Node):
    return DEFINITIONS.child(index(node), NOTHING, node.id)


def test_an_execution_of_a_task_is_a_graph_of_one_node_whatever_its_mode():
    """So that its cache and its time limits hold as they do in a workflow."""
    for name, kind in (("m.increment", "task"), ("m.dynamic", "dynamic"), ("m.eager", "eager")):
        graph = DEFINITIONS.root(Ref("task", name))
        assert list(graph.kinds.values()) == [kind]
        assert DEFINITIONS.root(Ref("task", name)) is graph


@pytest.mark.parametrize(
    ("task", "made"), [("m.dynamic", DynamicDefinition), ("m.eager", EagerDefinition)]
)
def test_a_node_of_a_dynamic_or_eager_task_has_a_scope(task, made):
    definition = child(node("n", task=task, policy=Policy(retries=5)))
    assert isinstance(definition, made)
    assert definition.policy.retries == definition.body.policy.retries == 5
    assert definition.body.id == BODY
    assert definition.body.target == TaskTarget(task)


def test_the_cache_and_the_total_time_of_a_dynamic_task_are_not_its_functions():
    policy = Policy(cache=Caching(version="1"), limits=Limits(running=5, total=60))
    definition = child(node("n", task="m.dynamic", policy=policy))
    assert definition.policy.cache == policy.cache
    body = definition.body.policy
    assert (body.cache, body.uncached, body.limits) == (None, True, Limits(running=5))


def test_elements_of_a_map_over_a_dynamic_task_are_dynamic_with_the_maps_policy():
    mapped = Node("m", MapTarget(Ref("task", "m.dynamic"), ("x",)), policy=Policy(priority=3))
    definition = child(mapped)
    assert isinstance(definition, MapDefinition)
    assert (definition.kind, definition.policy.priority, definition.policy.retries) == (
        "dynamic",
        3,
        1,
    )
    element = DEFINITIONS.child(definition, NOTHING, "[0]")
    assert isinstance(element, DynamicDefinition)
    assert element.policy == definition.policy


def test_a_nodes_word_about_its_policy_comes_before_its_entitys():
    graph = index(node("a", task="m.stubborn", policy=Policy(priority=1)))
    assert (graph.policies["a"].retries, graph.policies["a"].priority) == (2, 1)
    off = index(node("a", task="m.cached", policy=Policy(uncached=True)))
    assert off.cached == frozenset()
    assert index(node("a", task="m.cached")).cached == {"a"}


def test_a_map_itself_has_no_cache_but_its_elements_do():
    mapped = Node("m", MapTarget(Ref("task", "m.cached"), ("x",)))
    assert index(mapped).cached == frozenset()
    assert child(mapped).policy.cache is not None


def test_the_failure_handler_is_found_like_a_node_and_waits_for_nothing():
    graph = index(node("a"), on_failure=node(HANDLER))
    assert graph.nodes[HANDLER] is graph.on_failure
    assert graph.sources == ("a",)
    assert graph.takes_data_from(HANDLER) == frozenset()


@pytest.mark.parametrize(
    ("target", "interface"),
    [
        (
            GateTarget("approve", "g", 1, INT),
            Interface((Input("o0", INT),), (Output("o0", INT),)),
        ),
        (GateTarget("input", "g", 1, INT), Interface((), (Output("o0", INT),))),
        (GateTarget("sleep", "", 1), Interface()),
    ],
)
def test_interfaces_of_gates(target, interface):
    assert DEFINITIONS.interface(target) == interface


def test_what_has_no_scope_or_graph_says_so():
    for wrong in (node("a"), gate("g", "sleep", seconds=1)):
        with pytest.raises(NotFound):
            child(wrong)
    with pytest.raises(NotFound):
        graph_of(DEFINITIONS.scope(Ref("task", "m.eager")), NOTHING)
    with pytest.raises(NotFound):
        DEFINITIONS.root(Ref("task", "m.missing"))


def test_a_kept_scope_is_weighed_by_its_children():
    harness = Harness(index(node("a"), node("b")))
    harness.look()
    assert isinstance(harness.definition, GraphIndex)
    assert harness.scope.weight == 3
