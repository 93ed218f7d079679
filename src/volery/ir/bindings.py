"""Bindings: where the value of an input or output comes from."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from volery.ir.types import LiteralType

Path = tuple[str | int, ...]
"""Steps into a value: field names, keys and indexes."""


class _Binding(msgspec.Struct, frozen=True, omit_defaults=True, tag_field="from"):
    """Base of all bindings."""


class Constant(_Binding, frozen=True, tag="constant"):
    """A value known when the workflow was compiled, packed."""

    value: bytes


class InputRef(_Binding, frozen=True, tag="input"):
    """An input of the graph's own scope, or a part of it."""

    name: str
    path: Path = ()


class OutputRef(_Binding, frozen=True, tag="output"):
    """An output of a node in the same graph, or a part of it."""

    node: str
    output: str
    path: Path = ()


class FailureRef(_Binding, frozen=True, tag="failure"):
    """Why the graph's scope failed, as a `WorkflowFailure`: for its failure handler alone."""


class ListBinding(_Binding, frozen=True, tag="list"):
    """An array made of bindings."""

    items: tuple[Binding, ...]


class Entry(msgspec.Struct, frozen=True):
    """A key of a `MapBinding` (a packed value) and what it maps to."""

    key: bytes
    value: Binding


class MapBinding(_Binding, frozen=True, tag="map"):
    """A map made of bindings."""

    items: tuple[Entry, ...]


class Cast(_Binding, frozen=True, tag="cast"):
    """A binding whose wire form changes on the way from one type to another (see `ir.cast`)."""

    binding: Binding
    source: LiteralType
    target: LiteralType


Binding = Constant | InputRef | OutputRef | FailureRef | ListBinding | MapBinding | Cast


class Bound(msgspec.Struct, frozen=True):
    """A name and its binding."""

    name: str
    binding: Binding


def references(binding: Binding) -> Iterator[InputRef | OutputRef]:
    """Every reference inside a binding."""
    match binding:
        case InputRef() | OutputRef():
            yield binding
        case ListBinding(items):
            for item in items:
                yield from references(item)
        case MapBinding(items):
            for entry in items:
                yield from references(entry.value)
        case Cast(inner):
            yield from references(inner)
        case Constant() | FailureRef():
            return
