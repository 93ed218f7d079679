"""The order of a graph: what has to come before what, and where that goes round in a circle."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from volery.ir.nodes import Graph, Node


class Order(msgspec.Struct, frozen=True):
    """The order of a graph.

    Attributes:
        nodes: each after those that it waits for. Of nodes with one id the last one counts.
        cycles: ids in the direction of the data, the first one again at the end. Every set of
            nodes that wait for each other shows in at least one cycle.
    """

    nodes: list[Node]
    cycles: list[list[str]]


def in_order(graph: Graph) -> Order:
    """Puts a graph in order. References to nodes that it does not have are passed over."""
    nodes = {node.id: node for node in graph.nodes}
    upstream = {id: list(dict.fromkeys(node.upstream())) for id, node in nodes.items()}
    done: dict[str, Node] = {}
    cycles: list[list[str]] = []
    for id in nodes:
        if id not in done:
            for found in _walk(id, upstream, cycles, done):
                done[found] = nodes[found]
    return Order(list(done.values()), cycles)


def _walk(
    start: str, upstream: Mapping[str, list[str]], cycles: list[list[str]], done: Mapping[str, Node]
) -> Iterator[str]:
    """Ids in order of completion, depth first; without recursion, since chains are long."""
    trail = {start: iter(upstream[start])}
    while trail:
        id, pending = next(reversed(trail.items()))
        before = next(pending, None)
        if before is None:
            del trail[id]
            yield id
        elif before in trail:
            cycles.append(_circle(list(trail), before))
        elif before not in done and before in upstream:
            trail[before] = iter(upstream[before])


def _circle(trail: list[str], first: str) -> list[str]:
    """A cycle from a trail that runs against the data."""
    return [first, *reversed(trail[trail.index(first) :])]
