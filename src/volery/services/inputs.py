"""Inputs from outside: read by the types of an entity, and checked, into an input record."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec.structs import replace

from volery.data import offload
from volery.data.current import foreign
from volery.errors import CallError, TypeMismatch, suggest
from volery.ir.interface import Input, Interface
from volery.ir.types import NONE, LiteralType, UnionType
from volery.ir.values import Raw, Wire, join_record, split_record, unpack
from volery.types.constraints import broken
from volery.types.mismatch import apart, at, together
from volery.types.written.checking import check_wire
from volery.types.written.reading import to_wire


def read_inputs(
    interface: Interface,
    given: Mapping[str, Any],
    record: bytes | None,
    fixed: Collection[str] = (),
) -> bytes:
    """The input record of what a caller has sent; defaults are left out.

    The caller may be anywhere: what is a path there is not opened here.

    Args:
        interface: of the entity.
        given: inputs as JSON by their types.
        record: inputs as a packed record, which win. Whoever sent them may be wrong as well.
        fixed: inputs that the entity, a launch plan, fixes.

    Raises:
        CallError: inputs are missing, unknown or of a wrong type; all of it is told.
    """
    packed: Mapping[str, Raw] = {} if record is None else _split(record)
    names = [each.name for each in interface.inputs]
    problems = [
        CallError("it is fixed by the launch plan", path=f"$.{name}")
        if name in fixed
        else CallError("there is no such input", hint=suggest(name, names), path=f"$.{name}")
        for name in sorted({*given, *packed} - set(names))
    ]
    entries: dict[str, bytes] = {}
    for each in interface.inputs:
        path = f"$.{each.name}"
        try:
            if each.name in packed:
                entries[each.name] = _sent(each, bytes(packed[each.name]), path)
            elif each.name in given:
                entries[each.name] = _written(each, given[each.name], path)
            elif is_required(each):
                problems.append(CallError("it is missing", path=path))
            elif each.default is None:
                entries[each.name] = offload.pack(None)
        except TypeMismatch as error:
            problems += map(_problem, apart(error))
        except RecursionError:
            problems.append(CallError("it is nested too deeply", path=path))
    if problems:
        raise CallError(_listed(problems), tuple(problems), path=problems[0].path)
    return join_record(entries)


def as_it_was(interface: Interface, inputs: bytes) -> Interface:
    """An interface whose defaults are the inputs that were given."""
    given = split_record(inputs)
    return replace(
        interface,
        inputs=tuple(
            replace(each, default=bytes(given[each.name])) if each.name in given else each
            for each in interface.inputs
        ),
    )


def is_required(each: Input) -> bool:
    """Whether an input has to be given: no default, and None is no value of it."""
    optional = isinstance(each.type, UnionType) and NONE in each.type.variants
    return each.default is None and not optional


def _sent(each: Input, value: bytes, path: str) -> bytes:
    with foreign():
        checked(each.type, value, each.name)
    _keep(each, unpack(value), path)
    return value


def _written(each: Input, tree: Any, path: str) -> bytes:
    with foreign():
        wire = to_wire(each.type, tree, path)
    _keep(each, wire, path)
    return offload.pack(wire)


def _keep(each: Input, wire: Wire, path: str) -> None:
    if found := broken(each.constraints, wire, path):
        raise together(found)


def _split(record: bytes) -> Mapping[str, Raw]:
    try:
        return split_record(record)
    except Exception as error:  # noqa: BLE001 - MessagePack fails in many ways
        raise CallError(f"$.record: this is no packed record: {error}") from None


def checked(kind: LiteralType, value: bytes, name: str) -> bytes:
    """A packed value, if it is one of this type; what of it is stored elsewhere is not opened."""
    path = f"$.{name}"
    try:
        check_wire(kind, unpack(value), path)
    except TypeMismatch:
        raise
    except Exception as error:  # noqa: BLE001 - it may be anything
        raise TypeMismatch(f"this is no value of its type: {error}", path=path) from None
    return value


def _problem(error: TypeMismatch) -> CallError:
    """What is wrong with an input; its path stands beside the message, not in it."""
    message = error.message.removesuffix(at(error.path)) if error.path else error.message
    return CallError(message, hint=error.hint, path=error.path)


def _listed(problems: list[CallError]) -> str:
    return listed([f"{each.path}: {each}" if each.path else str(each) for each in problems])


def listed(problems: list[str]) -> str:
    """What is wrong with inputs, in one text."""
    if len(problems) == 1:
        return problems[0]
    lines = "".join(f"\n  {number}. {text}" for number, text in enumerate(problems, start=1))
    return f"{len(problems)} problems with the inputs{lines}"
