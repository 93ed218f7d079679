"""Pairing: which node of a graph is which of the graph that it was before somebody edited it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import Any, cast

import msgspec

from volery.ids import digest
from volery.ir.nodes import BranchTarget, GateTarget, Graph, MapTarget, Target
from volery.ir.order import in_order
from volery.ir.ref import Ref

Names = Mapping[str, str]
_Keys = Mapping[str, Hashable]


def pairs(old: Graph, new: Graph) -> dict[str, str]:
    """For nodes of the new graph, the ids that they had in the old one; each is had once.

    Ids are numbers, as a rule, and move when a node is put in before them. So what counts first is
    what a node stands for and where its inputs come from, then its id, then what it stands for.
    """
    found: dict[str, str] = {}
    _pair(found, _shapes(old), _shapes(new))
    olds, news = _standing(old), _standing(new)
    _pair(found, _with_ids(olds), _with_ids(news))
    _pair(found, olds, news)
    return found


def _pair(found: dict[str, str], old: _Keys, new: _Keys) -> None:
    """Pair what has no pair yet and equal keys: equal ids first, then in order."""
    taken = set(found.values())
    free: defaultdict[Hashable, dict[str, None]] = defaultdict(dict)
    for id, key in old.items():
        if id not in taken:
            free[key][id] = None
    for id, key in new.items():
        if id not in found and id in free[key]:
            found[id] = id
            del free[key][id]
    for id, key in new.items():
        if id not in found and free[key]:
            found[id] = next(iter(free[key]))
            del free[key][found[id]]


def _standing(graph: Graph) -> dict[str, Hashable]:
    return {node.id: _stands_for(node.target) for node in graph.nodes}


def _with_ids(keys: _Keys) -> dict[str, Hashable]:
    return {id: (id, key) for id, key in keys.items()}


def _stands_for(target: Target) -> Hashable:
    match target:
        case MapTarget(Ref(kind, name)):
            return "map", kind, name
        case BranchTarget():
            return "branch", target.name
        case GateTarget(gate, name):
            return "gate", gate, name
        case _:
            return type(target).__name__, target.name


def _shapes(graph: Graph) -> dict[str, Hashable]:
    """For each node a digest of what it stands for and of its inputs, back to the scope's own."""
    shapes: dict[str, str] = {}
    for node in in_order(graph).nodes:
        # A branch calls its inputs by the nodes that they come from.
        names = () if isinstance(node.target, BranchTarget) else [each.name for each in node.inputs]
        values = [renamed(each.binding, shapes) for each in node.inputs]
        after = sorted(shapes[id] for id in node.after)
        shapes[node.id] = digest(
            msgspec.json.encode([_stands_for(node.target), names, values, after])
        )
    return dict(shapes)


def renamed(part: object, nodes: Names, inputs: Names | None = None) -> Any:
    """A part of a graph as plain data, with other names for what its bindings refer to.

    Args:
        part: the part.
        nodes: names for the nodes of the graph.
        inputs: names for its inputs; None: they keep theirs.
    """
    return _renamed(msgspec.to_builtins(part), nodes, inputs)


def _renamed(tree: Any, nodes: Names, inputs: Names | None) -> Any:
    match tree:
        case {"from": "output", "node": str(node), **rest}:
            return {"node": nodes[node], **rest}
        case {"from": "input", "name": str(name), **rest}:
            return {"input": name if inputs is None else inputs[name], **rest}
        case dict():
            entries = cast("dict[str, Any]", tree)
            return {key: _renamed(each, nodes, inputs) for key, each in entries.items()}
        case tuple():
            return [_renamed(each, nodes, inputs) for each in cast("tuple[Any, ...]", tree)]
        case _:
            return tree
