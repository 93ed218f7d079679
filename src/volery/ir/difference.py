"""What differs between two specs of one name, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from volery.ir.codec import canonical
from volery.ir.interface import Input, Interface, Output
from volery.ir.nodes import Graph, Node
from volery.ir.problem import label
from volery.ir.specs import Part
from volery.ir.types import show
from volery.ir.values import unpack

_LONGEST = 60
"""Characters of a value that are shown."""

_FIELDS = Node.__struct_fields__


def differences(before: msgspec.Struct, now: msgspec.Struct) -> list[str]:
    """Each difference as a line, in the order of the fields; none when they are equal."""
    if type(before) is not type(now):
        return [f"it was a {type(before).__name__}, and is a {type(now).__name__}"]
    found: list[str] = []
    for field in before.__struct_fields__:
        was, becomes = getattr(before, field), getattr(now, field)
        if was != becomes:
            found += _field(field, was, becomes)
    return found


def _field(name: str, was: Any, becomes: Any) -> Iterator[str]:
    match was, becomes:
        case Interface(), Interface():
            ports = [
                *_named("input", _ports(was.inputs), _ports(becomes.inputs)),
                *_named("output", _ports(was.outputs), _ports(becomes.outputs)),
            ]
            yield from ports or ["the fields of a type, or a description, of its interface"]
        case Graph(), Graph():
            yield from _graph(was, becomes)
        case _ if name == "fingerprint":
            yield from _named("code of", _parts(was), _parts(becomes), shown=False)
        case _ if name == "source":
            yield f"it stands at {becomes.file}:{becomes.line}" if becomes else "its source is gone"
        case _ if name == "policy":
            yield from differences(was, becomes)
        case _:
            yield f"{name}: {_told(becomes)}, was {_told(was)}"


def _graph(was: Graph, becomes: Graph) -> Iterator[str]:
    before = {node.id: label(node) for node in was.nodes}
    now = {node.id: label(node) for node in becomes.nodes}
    yield from _named("node", before, now)
    nodes = {node.id: node for node in was.nodes}
    for node in becomes.nodes:
        old = nodes.get(node.id)
        if old is not None and old != node and before[node.id] == now[node.id]:
            others = [each for each in _FIELDS if getattr(old, each) != getattr(node, each)]
            yield f"node {label(node)}: other {' and '.join(others)}"
    if was.outputs != becomes.outputs:
        yield "outputs come from elsewhere"


def _named(
    what: str, was: Mapping[str, str], becomes: Mapping[str, str], *, shown: bool = True
) -> Iterator[str]:
    """Differences of things that have names."""
    for name in dict.fromkeys([*was, *becomes]):
        if name not in becomes:
            yield f"{what} {name}: gone"
        elif name not in was:
            yield f"{what} {name}: new" + (f", {becomes[name]}" if shown else "")
        elif was[name] != becomes[name]:
            yield f"{what} {name}: " + (f"{becomes[name]}, was {was[name]}" if shown else "changed")


def _ports(ports: Iterable[Input | Output]) -> dict[str, str]:
    return {each.name: show(each.type) + _default(each) for each in ports}


def _default(port: Input | Output) -> str:
    if isinstance(port, Output) or port.default is None:
        return ""
    return f" = {_cut(repr(unpack(port.default)))}"


def _parts(parts: Iterable[Part]) -> dict[str, str]:
    return {part.name: part.digest for part in parts}


def _told(value: Any) -> str:
    return _cut(canonical(value).decode())


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
