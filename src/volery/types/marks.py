"""Marks: what users write in ``Annotated[...]`` to say how values are kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final, cast, get_args, get_origin

from volery.types.hints import meaning


class Pickle:
    """Says that objects are to be pickled: ``Annotated[Model, Pickle]``.

    Any object that cloudpickle takes can be one. Pickles are read by running what they say, so they
    should come from nobody but your own tasks; and they are read by code that has the same classes
    and the same versions of libraries.
    """


class HashMethod:
    """Says by what a value is known: ``Annotated[Frame, HashMethod(version_of)]``.

    Two values are the same one, for caches and lineage, if the function gives the same text for
    both, whatever their bytes are. It is called where a value is made, not where it is read.

    Args:
        function: gives the text of a value. It is not called for None.
    """

    __slots__ = ("function",)

    def __init__(self, function: Callable[[Any], str]) -> None:
        self.function = function

    def __repr__(self) -> str:
        name = getattr(self.function, "__qualname__", repr(self.function))
        return f"HashMethod({name})"


class Untyped:
    """Says that all parts of an annotation that no other codec handles are to be pickled."""


def untyped(annotation: Any) -> Any:
    """An annotation with the mark."""
    return Annotated[annotation, Untyped]


def is_opaque(annotation: Any) -> bool:
    """Whether an annotation can be said of objects that nothing more is known of."""
    return annotation is Any or isinstance(get_origin(annotation) or annotation, type)


def is_marked(annotation: Any, marker: type) -> bool:
    """Whether a marker, or an object of it, stands in the metadata of an annotation."""
    metadata = getattr(annotation, "__metadata__", ())
    return any(each is marker or isinstance(each, marker) for each in metadata)


def parts_of(annotation: Any) -> tuple[Any, ...]:
    """The arguments of what an annotation stands for; those of an untyped one are untyped too."""
    parts = get_args(meaning(annotation))
    return tuple(map(untyped, parts)) if is_marked(annotation, Untyped) else parts


# -- constraints -----------------------------------------------------------------------------

LIMITS: Final = ("ge", "gt", "le", "lt")
STEP: Final = "multiple_of"
LENGTHS: Final = ("min_length", "max_length")
_LARGEST: Final = 2**63


def said_in(metadata: Iterable[object]) -> dict[str, Any]:
    """What metadata says of constraints, by attribute; what comes last counts."""
    said: dict[str, Any] = {}
    for mark in metadata:
        if not isinstance(mark, type):
            inside = getattr(mark, "metadata", None)  # where a `Field` of pydantic keeps them
            said |= said_in(cast("list[object]", inside)) if isinstance(inside, list) else {}
            said |= _said_by(mark)
    return said


def _said_by(mark: object) -> dict[str, Any]:
    limits = {name: _number(getattr(mark, name, None)) for name in LIMITS}
    lengths = {name: _length(getattr(mark, name, None)) for name in LENGTHS}
    pattern = getattr(mark, "pattern", None)
    found = {
        **limits,
        **lengths,
        STEP: _number(getattr(mark, STEP, None)) or None,
        "pattern": pattern if isinstance(pattern, str) else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def _number(value: Any) -> int | float | None:
    """A number that JSON can say; None: it is none, or no limit."""
    if isinstance(value, bool) or not hasattr(value, "as_integer_ratio"):
        return None
    if not math.isfinite(value) or abs(value) >= _LARGEST:
        return None
    return float(value) if isinstance(value, float) or value != int(value) else int(value)


def _length(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
