"""Expressions: what was given to an input or output while a workflow was recorded.

Constants are packed at once, by the codec of the place that they are given to, so that later
changes of a list do not matter and errors come in time. Promises stay what they are until all
nodes have their final names; lists, tuples and dicts may mix both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from typing import Any, NamedTuple, TypeAlias, cast

from volery.errors import TypeMismatch, UnsupportedType
from volery.ir.bindings import Cast, Constant
from volery.ir.types import (
    NONE,
    JsonType,
    ListType,
    LiteralType,
    MapType,
    TupleType,
    UnionType,
    show,
)
from volery.sdk.condition import Condition
from volery.sdk.opaque import IN_A_TEXT, Shown
from volery.sdk.promise import Outputs, Promise, Step, Void, draft_of, names_of, part_of, reason_of
from volery.sdk.trace import Scope
from volery.types.codec import Codec
from volery.types.marks import parts_of
from volery.types.mismatch import at, step
from volery.types.packing import pack_constant
from volery.types.registry import codec_for


class Flow(NamedTuple):
    """A promise, and the type that is expected where it goes."""

    promise: Promise
    target: LiteralType


Expression: TypeAlias = "Constant | Cast | Flow | list[Expression] | dict[bytes, Expression]"


def expression(
    value: Any, annotation: Any, codec: Codec, scope: Scope, path: str = "$"
) -> Expression:
    """What a value means where `annotation` is declared.

    Args:
        value: what was given.
        annotation: the declared type.
        codec: of the annotation.
        scope: the graph in which the value is used.
        path: where the value stands in the whole.

    Raises:
        TypeMismatch: a constant is not of the declared type, or a promise cannot be used here.
    """
    if isinstance(value, Promise):
        return flow(value, codec.type, scope)
    if not _is_mixed(value):
        return Constant(pack_constant(codec, value, path))
    annotation, kind = _required(annotation, codec.type)
    parts = parts_of(annotation)
    if isinstance(kind, MapType) and isinstance(value, dict):
        return _entries(cast("dict[Any, Any]", value), parts, scope, path)
    if isinstance(value, list | tuple):
        items = cast("Sequence[Any]", value)
        if isinstance(kind, TupleType) and len(kind.elements) == len(items):
            return _each(items, parts, scope, path)
        if isinstance(kind, ListType) and not isinstance(value, Outputs):
            return _each(items, parts[:1] * len(items), scope, path)
    if isinstance(kind, JsonType) and isinstance(value, _PYTHON[kind.shape]):
        return _json(value, scope, path)
    got, hint = described(cast("object", value))
    raise TypeMismatch(f"expected {show(kind)}, got {got}", hint=hint, path=path)


def codec_of(constant: object) -> Codec | None:
    """The codec of a constant by its class; None where that does not tell, as list does not."""
    try:
        codec = codec_for(type(constant))
        codec.to_wire(constant, "$")
    except (UnsupportedType, TypeMismatch):
        return None
    return None if isinstance(codec.type, JsonType) else codec


def flow(promise: Promise, target: LiteralType, scope: Scope) -> Flow:
    """The use of a promise in a scope.

    Raises:
        TypeMismatch: it belongs to a scope that is closed, or to another workflow.
    """
    origin = part_of(promise).origin.scope
    if not scope.sees(origin):
        raise TypeMismatch(
            f"{promise!r} belongs to {origin.name} and cannot be used in {scope.name}",
            hint="use what the conditional or subworkflow as a whole gives back",
        )
    return Flow(promise, target)


def _each(
    items: Sequence[Any], annotations: Sequence[Any], scope: Scope, path: str
) -> list[Expression]:
    return [
        expression(item, annotation, codec_for(annotation), scope, f"{path}[{index}]")
        for index, (item, annotation) in enumerate(zip(items, annotations, strict=True))
    ]


def _entries(
    entries: Mapping[Any, Any], annotations: Sequence[Any], scope: Scope, path: str
) -> dict[bytes, Expression]:
    of_key, of_value = annotations
    keys, values = codec_for(of_key), codec_for(of_value)
    packed = {
        pack_constant(keys, key, path): expression(value, of_value, values, scope, step(path, key))
        for key, value in entries.items()
    }
    if len(packed) < len(entries):  # an enum's member and its name do
        raise TypeMismatch(
            f"several keys of a dict mean the same{at(path)}", hint="give each once", path=path
        )
    return packed


def _json(value: Any, scope: Scope, path: str) -> Expression:
    """JSON, the leaves of which may be promises."""
    from volery.types.builtin.json import JsonCodec

    part = JsonCodec("any")
    match value:
        case list():
            items = cast("list[Any]", value)
            return [
                expression(item, Any, part, scope, f"{path}[{index}]")
                for index, item in enumerate(items)
            ]
        case _:
            entries = cast("dict[Any, Any]", value)
            return {
                pack_constant(part, key, path): expression(each, Any, part, scope, step(path, key))
                for key, each in entries.items()
            }


_PYTHON: dict[str, tuple[type, ...]] = {"any": (list, dict), "list": (list,), "dict": (dict,)}


def _is_mixed(value: object) -> bool:
    """Whether there are promises in a value."""
    try:
        return _holds_promises(value)
    except RecursionError:  # as deep as no value may be: its codec will say so
        return False


def _holds_promises(value: object) -> bool:
    match value:
        case Step() | Condition() | Shown():
            return True
        case list() | tuple():
            return any(map(_holds_promises, cast("Sequence[object]", value)))
        case dict():
            return any(map(_holds_promises, cast("Mapping[object, object]", value).values()))
        case _:
            fields = getattr(value, "__dataclass_fields__", ())
            return any(_holds_promises(getattr(value, name, None)) for name in fields)


def _required(annotation: Any, kind: LiteralType) -> tuple[Any, LiteralType]:
    """What an optional annotation stands for besides None; others as they are."""
    if isinstance(kind, UnionType):
        variants = [each for each in parts_of(annotation) if codec_for(each).type != NONE]
        if len(variants) == 1:
            return _required(variants[0], codec_for(variants[0]).type)
    return annotation, kind


def described(value: object) -> tuple[str, str | None]:
    """What came, and what to do about it."""
    match value:
        case Outputs():
            names = ", ".join(names_of(value))
            came = f"the {len(value)} outputs of {draft_of(value)}"
            return came, f"take one of them: {names}"
        case Shown():
            return f"the text {value!r}", IN_A_TEXT
        case Void():
            return f"nothing: {reason_of(value)}", None
        case Step():
            return f"the whole {value!r}", "take one of its outputs, such as node.o0"
        case Condition():
            return f"the condition {value!r}", "conditions are for conditional(...) only"
        case _ if isinstance(value, Sized) and not hasattr(value, "_fields"):
            return f"a {type(value).__qualname__} of {len(value)} with promises in it", None
        case _:
            hint = "an object cannot be made of promises: call a task that makes it"
            return f"a {type(value).__name__} with promises in it", hint
