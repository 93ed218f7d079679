"""Parts of values: the types that paths lead to."""

from __future__ import annotations

from itertools import filterfalse

from volery.errors import NotFound, suggest
from volery.ir.assign import among
from volery.ir.bindings import Path
from volery.ir.types import (
    INT,
    STR,
    ChoiceType,
    EnumType,
    JsonType,
    ListType,
    LiteralType,
    MapType,
    RecordType,
    TupleType,
    UnionType,
    is_hidden,
    show,
    unfold,
)

_JSON = JsonType()


def follow(kind: LiteralType, path: Path) -> LiteralType:
    """The type of a part of a value.

    Raises:
        NotFound: values of the type do not have such a part.
    """
    for step in path:
        kind = _step(kind, step)
    return kind


def _step(kind: LiteralType, step: str | int) -> LiteralType:
    match kind, step:
        case RecordType(), str():
            fields = {each.name: each.type for each in unfold(kind)}
            if step in fields:
                return fields[step]
            hint = suggest(step, filterfalse(is_hidden, fields))
            raise NotFound(f"{show(kind)} has no field {step}", hint=hint)
        case _, bool():  # an int to Python, but the canonical form would keep it as a truth value
            raise NotFound(f"{show(kind)} has no element {step}")
        case ListType(element), int():
            return element
        case TupleType(elements), int() if -len(elements) <= step < len(elements):
            return elements[step]
        case MapType(key, value), _ if _is_key(key, step):
            return value
        case MapType(key), _:
            raise NotFound(f"{show(kind)} has no key {step!r}", hint=f"its keys are {show(key)}")
        case (JsonType("any" | "dict"), _) | (JsonType("list"), int()):
            return _JSON
        case UnionType(), _:
            hint = "take it apart in a task, once it is known which type it has"
            raise NotFound(f"{show(kind)} has no parts of its own", hint=hint)
        case _:
            word = "element" if isinstance(step, int) else "field"
            raise NotFound(f"{show(kind)} has no {word} {step}")


def _is_key(key: LiteralType, step: str | int) -> bool:
    match key:
        case EnumType(_, members):
            return any(each.name == step for each in members)
        case ChoiceType(values):
            return among(step, values)
        case _:
            return key == (STR if isinstance(step, str) else INT)
