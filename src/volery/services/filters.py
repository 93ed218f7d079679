"""Filters: what they ask for, in the words of the database."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from volery.errors import CallError, TypeMismatch, suggest
from volery.ir.interface import Interface
from volery.ir.types import (
    BOOL,
    DATE,
    DATETIME,
    DURATION,
    FLOAT,
    INT,
    STR,
    ChoiceType,
    EnumType,
    JsonType,
    ListType,
    LiteralType,
    PrimitiveType,
    UnionType,
)
from volery.ir.values import pack
from volery.services.access import require
from volery.services.starting import input_mark
from volery.store.records import label_mark
from volery.store.search_ways import PHASES, Place, Wanted
from volery.types.written.reading import to_wire
from volery.wire.access import Identity
from volery.wire.executions import ExecutionFilter

_GUESSED: tuple[LiteralType, ...] = (INT, FLOAT, BOOL, STR, DATETIME, DATE, DURATION, JsonType())
"""What an input may be of whose type nothing is known."""

_CURSOR = re.compile(r"([0-9]{1,18}):([0-9.e+-]{1,32})")


def wanted(who: Identity, where: ExecutionFilter, interface: Interface | None) -> Wanted:
    """What somebody may see of what a filter asks for.

    Args:
        who: asks.
        where: the filter.
        interface: of the entity that it names, if that is known: it says what inputs are.

    Raises:
        NotFound: they may not know of its project.
        CallError: there is no such phase; an input is none that can be searched for.
    """
    if where.project:
        require(who, "viewer", where.project)
    check_phases(where.phases)
    marks = (label_mark(*label) for label in where.labels.items())
    labels = ((name, (value,)) for name, value in marks)
    inputs = (_input(name, value, interface) for name, value in where.inputs.items())
    return Wanted(where, who.projects, (*inputs, *labels))


def check_phases(phases: tuple[str, ...]) -> None:
    """Refuse phases that there are not. Raises CallError."""
    for phase in phases:
        if phase not in PHASES:
            raise CallError(f"no phase is named {phase!r}", hint=suggest(phase, PHASES))


def _input(name: str, value: Any, interface: Interface | None) -> tuple[str, tuple[str, ...]]:
    """The mark of an input, with all values of it that the JSON may mean."""
    known = interface and interface.input(name)
    kinds = (known.type,) if known else _GUESSED
    if not all(map(_is_plain, kinds)):
        raise CallError(f"executions cannot be found by input {name}: it may be large")
    marks = dict.fromkeys(input_mark(name, packed) for packed in _packed(kinds, value))
    if not marks:
        raise TypeMismatch(f"input {name} cannot be {value!r}", path=f"$.{name}")
    return next(iter(marks))[0], tuple(digest for _, digest in marks)


def _packed(kinds: tuple[LiteralType, ...], value: Any) -> Iterator[bytes]:
    for kind in kinds:
        try:
            yield pack(to_wire(kind, value, "$"))
        except TypeMismatch:
            continue


def _is_plain(kind: LiteralType) -> bool:
    """Whether a value is all there is: reading a file's would store the file."""
    match kind:
        case PrimitiveType() | EnumType() | ChoiceType() | JsonType():
            return True
        case ListType(element):
            return _is_plain(element)
        case UnionType(variants):
            return all(map(_is_plain, variants))
        case _:
            return False


# -- cursors ------------------------------------------------------------------------------------


def cursor_of(place: Place | None) -> str | None:
    """A place in a list as people carry it around."""
    return None if place is None else f"{place.serial}:{place.at!r}"


def place_of(cursor: str) -> Place | None:
    """The inverse; None for the beginning. Raises CallError: this is no cursor."""
    if not cursor:
        return None
    found = _CURSOR.fullmatch(cursor)
    try:
        created = float(found[2]) if found else math.nan
    except ValueError:
        created = math.nan
    if found is None or not math.isfinite(created):
        raise CallError(
            f"{cursor!r} is no cursor of a list of executions",
            hint="take `next` of the page before",
        )
    return Place(created, int(found[1]))
