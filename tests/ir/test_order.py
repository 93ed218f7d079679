from __future__ import annotations

import itertools

from hypothesis import given, strategies as st

from volery.ir.nodes import Graph, Node, TaskTarget
from volery.ir.order import in_order

N = 8
edges = st.sets(st.tuples(st.integers(0, N - 1), st.integers(0, N - 1)), max_size=12)


def graph(pairs, ids=range(N)):
    """A graph in which, for every pair, the second node comes after the first."""
    return Graph(
        tuple(
            Node(str(id), TaskTarget("t"), after=tuple(str(a) for a, b in sorted(pairs) if b == id))
            for id in ids
        )
    )


@given(edges)
def test_without_cycles_every_node_comes_after_those_it_waits_for(pairs):
    forward = {(min(pair), max(pair)) for pair in pairs if len(set(pair)) == 2}
    order = in_order(graph(forward, reversed(range(N))))
    place = {node.id: index for index, node in enumerate(order.nodes)}
    assert len(place) == N
    assert not order.cycles
    assert all(place[str(a)] < place[str(b)] for a, b in forward)


@given(edges)
def test_a_cycle_is_found_if_and_only_if_there_is_one(pairs):
    remaining = set(range(N))
    while free := {n for n in remaining if not any(a in remaining and b == n for a, b in pairs)}:
        remaining -= free
    cycles = in_order(graph(pairs)).cycles
    assert bool(cycles) == bool(remaining)
    for cycle in cycles:
        assert cycle[0] == cycle[-1]
        steps = itertools.pairwise(cycle)
        assert all((int(a), int(b)) in pairs for a, b in steps)


def test_cycles_that_share_no_node_are_each_found():
    pairs = {(0, 1), (1, 0), (1, 2), (2, 3), (3, 4), (4, 2), (5, 5)}
    assert in_order(graph(pairs)).cycles == [["0", "1", "0"], ["2", "3", "4", "2"], ["5", "5"]]


def test_a_long_chain_is_put_in_order():
    nodes = [Node("0", TaskTarget("t"))]
    nodes += [Node(str(i), TaskTarget("t"), after=(str(i - 1),)) for i in range(1, 10_000)]
    order = in_order(Graph(tuple(reversed(nodes))))
    assert order.nodes == nodes
