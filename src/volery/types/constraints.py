"""Constraint: what numbers, texts and collections keep to beside their type.

They stand in ``Annotated[int, ...]``, in any object with the attributes of `msgspec.Meta` and of
``annotated_types``. The type is that of the annotation without them. They are checked on values:
where an execution is started, and where a value enters or leaves a task.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from volery.errors import UnsupportedType
from volery.ir.interface import ELEMENTS, VALUES, Constraint
from volery.ir.types import (
    BYTES,
    DECIMAL,
    FLOAT,
    INT,
    NONE,
    STR,
    JsonType,
    ListType,
    LiteralType,
    MapType,
    SetType,
    UnionType,
    is_tagged,
)
from volery.ir.values import OFFLOADED, Ext, Wire, comparable
from volery.types.marks import LENGTHS, LIMITS, STEP
from volery.types.mismatch import MOST, ConstraintMismatch, at, preview

Number = int | float


# -- what is declared ------------------------------------------------------------------------


def constraint_for(kind: LiteralType, said: Mapping[str, Any]) -> Constraint | None:
    """The constraint of values of a type; None: nothing of what is said can be said of them.

    Raises:
        UnsupportedType: the pattern is none.
    """
    match kind:
        case UnionType() if not is_tagged(kind):
            return constraint_for(next(each for each in kind.variants if each != NONE), said)
        case kind if kind in {INT, FLOAT, DECIMAL}:
            names = (*LIMITS, STEP)
        case kind if kind == STR:
            names = (*LENGTHS, "pattern")
        case ListType() | SetType() | MapType() | JsonType("list" | "dict"):
            names = LENGTHS
        case kind if kind == BYTES:
            names = LENGTHS
        case _:
            names = ()
    meant = {name: said[name] for name in names if name in said}
    if "pattern" in meant:
        _check_pattern(meant["pattern"])
    return Constraint(**meant) if meant else None


def _check_pattern(pattern: str) -> None:
    try:
        re.compile(pattern)
    except re.error as error:
        raise UnsupportedType(
            f"the pattern {pattern!r} is no regular expression of Python: {error}",
            hint="see the documentation of the module re",
        ) from None


# -- what is checked -------------------------------------------------------------------------


def check(of: Constraint, wire: Wire, path: str) -> None:
    """Check a value itself; None, and what is stored elsewhere, passes. Raises TypeMismatch."""
    if not _is_kept(of, wire):
        came = str(comparable(wire)) if isinstance(wire, Ext) else preview(wire)
        raise ConstraintMismatch(f"expected {told(of)}, got {came}{at(path)}", path)


def broken(constraints: Iterable[Constraint], wire: Wire, path: str) -> list[ConstraintMismatch]:
    """What does not keep to its constraint in a value of the type that they belong to.

    Of much that does not, the first `MOST` are told.
    """
    found: list[ConstraintMismatch] = []
    for each in constraints:
        for part, place in _parts(wire, each.at, path):
            try:
                check(each, part, place)
            except ConstraintMismatch as error:
                found.append(error)
                if len(found) == MOST:
                    return found
    return found


def told(of: Constraint) -> str:
    """What values are expected to be, for people."""
    number = _range(of.ge, of.gt, of.le, of.lt)
    length = _range(of.min_length, None, of.max_length, None)
    parts = (
        number and f"a number {number}",
        f"a multiple of {of.multiple_of}" if of.multiple_of is not None else "",
        length and f"a length {length}",
        f"text that matches {of.pattern!r}" if of.pattern is not None else "",
    )
    return " and ".join(filter(None, parts))


def _range(ge: Number | None, gt: Number | None, le: Number | None, lt: Number | None) -> str:
    if ge is not None and le is not None and gt is None and lt is None:
        return f"from {ge} to {le}" if ge != le else f"of {ge}"
    limits = ((">=", ge), (">", gt), ("<=", le), ("<", lt))
    return " and ".join(f"{sign} {limit}" for sign, limit in limits if limit is not None)


def _is_kept(of: Constraint, wire: Wire) -> bool:
    if wire is None or (isinstance(wire, Ext) and wire.code == OFFLOADED):
        return True
    if isinstance(wire, str | bytes | list | dict):
        return _has_length(of, len(cast("list[Any]", wire))) and (
            of.pattern is None
            or not isinstance(wire, str)
            or re.search(of.pattern, wire) is not None
        )
    try:
        return _is_in_range(of, comparable(wire))
    except ArithmeticError:  # decimals that are no number compare with nothing
        return False


def _has_length(of: Constraint, length: int) -> bool:
    least, most = of.min_length, of.max_length
    return (least is None or length >= least) and (most is None or length <= most)


def _is_in_range(of: Constraint, number: Any) -> bool:
    return (
        (of.ge is None or number >= of.ge)
        and (of.gt is None or number > of.gt)
        and (of.le is None or number <= of.le)
        and (of.lt is None or number < of.lt)
        and (of.multiple_of is None or _is_multiple(number, of.multiple_of))
    )


def _is_multiple(number: Any, step: Number) -> bool:
    """As people write them: 0.3 is a multiple of 0.1, though no float of these names is."""
    if isinstance(number, int) and isinstance(step, int):
        return number % step == 0
    if not math.isfinite(number):
        return False
    from fractions import Fraction

    return (Fraction(str(number)) / Fraction(str(step))).denominator == 1


def _parts(wire: Wire, steps: tuple[str, ...], path: str) -> Iterator[tuple[Wire, str]]:
    """The parts of a value that a way leads to, with their paths; none where something is None."""
    if not steps:
        yield wire, path
    elif wire is not None and not isinstance(wire, Ext):
        for part, place in _behind(wire, steps[0], path):
            yield from _parts(part, steps[1:], place)


def _behind(wire: Wire, step: str, path: str) -> Iterator[tuple[Wire, str]]:
    if step == ELEMENTS:
        for index, each in enumerate(wire):
            yield each, f"{path}[{index}]"
    elif step == VALUES:
        pairs: Iterable[tuple[Wire, Wire]] = wire.items() if hasattr(wire, "items") else wire
        for key, each in pairs:
            shown = comparable(key) if isinstance(key, Ext) else key
            yield each, f"{path}[{shown!r}]"
    elif step.startswith("["):
        yield wire[int(step[1:-1])], path + step
    elif step[1:] in wire:
        yield wire[step[1:]], path + step
