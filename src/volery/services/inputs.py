"""Inputs from outside: read by the types of an entity, and checked, into an input record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from volery.data import offload
from volery.data.current import foreign
from volery.errors import CallError, TypeMismatch, suggest
from volery.ir.interface import Input, Interface
from volery.ir.types import NONE, LiteralType, UnionType
from volery.ir.values import Raw, join_record, split_record, unpack
from volery.types.written.checking import check_wire
from volery.types.written.reading import to_wire


def read_inputs(interface: Interface, given: Mapping[str, Any], record: bytes | None) -> bytes:
    """The input record of what a caller has sent; defaults are left out.

    The caller may be anywhere: what is a path there is not opened here.

    Args:
        interface: of the entity.
        given: inputs as JSON by their types.
        record: inputs as a packed record, which win. Whoever sent them may be wrong as well.

    Raises:
        CallError: inputs are missing, unknown or of a wrong type; all of it is told.
    """
    packed: Mapping[str, Raw] = {} if record is None else _split(record)
    names = [each.name for each in interface.inputs]
    problems = [
        f"$.{name}: there is no such input; {suggest(name, names)}"
        for name in sorted({*given, *packed} - set(names))
    ]
    entries: dict[str, bytes] = {}
    for each in interface.inputs:
        try:
            if each.name in packed:
                with foreign():
                    entries[each.name] = checked(each.type, bytes(packed[each.name]), each.name)
            elif each.name in given:
                with foreign():
                    wire = to_wire(each.type, given[each.name], f"$.{each.name}")
                entries[each.name] = offload.pack(wire)
            elif is_required(each):
                problems.append(f"$.{each.name}: it is missing")
            elif each.default is None:
                entries[each.name] = offload.pack(None)
        except TypeMismatch as error:
            problems.append(str(error) if error.path is None else f"{error.path}: {error}")
        except RecursionError:
            problems.append(f"$.{each.name}: it is nested too deeply")
    if problems:
        raise CallError(_together(problems), path=problems[0].partition(":")[0])
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


def _together(problems: list[str]) -> str:
    if len(problems) == 1:
        return problems[0]
    listed = "".join(f"\n  {number}. {text}" for number, text in enumerate(problems, start=1))
    return f"{len(problems)} problems with the inputs{listed}"
