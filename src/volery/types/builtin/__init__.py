"""The builtin families, in the order in which they are asked.

Each is a module with a factory called `codec`, imported when an annotation needs it first.
A predicate must not import what its family is about.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from enum import Enum
from typing import Any, Final, Literal, Union, get_origin

from volery.types.hints import is_alias

_PRIMITIVES: Final = frozenset({type(None), bool, int, float, str, bytes})


def _is_primitive(annotation: Any) -> bool:
    return annotation is None or (isinstance(annotation, type) and annotation in _PRIMITIVES)


def _is_temporal(annotation: Any) -> bool:
    names = {"datetime", "date", "time", "timedelta"}
    module = getattr(annotation, "__module__", None)
    return module == "datetime" and getattr(annotation, "__qualname__", None) in names


def _is_enum(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Enum)


def _is_named_tuple(annotation: Any) -> bool:
    return (
        isinstance(annotation, type)
        and hasattr(annotation, "_fields")
        and issubclass(annotation, tuple)
    )


def _is_dataclass(annotation: Any) -> bool:
    return isinstance(annotation, type) and hasattr(annotation, "__dataclass_fields__")


def _has_origin(*origins: object) -> Callable[[Any], bool]:
    """Whether an annotation is one of these with something in brackets."""

    def holds(annotation: Any) -> bool:
        return (
            get_origin(annotation) in origins
            and hasattr(annotation, "__args__")
            and not getattr(annotation, "__unpacked__", False)
        )

    return holds


_HERE: Final = "volery.types.builtin."

BUILTIN: Final[tuple[tuple[Callable[[Any], bool], str], ...]] = (
    (_is_primitive, _HERE + "primitive"),
    (_is_temporal, _HERE + "temporal"),
    (_is_enum, _HERE + "enum"),
    (_has_origin(Literal), _HERE + "choice"),
    (is_alias, _HERE + "alias"),
    (_has_origin(Union, types.UnionType), _HERE + "union"),
    (_has_origin(list, Sequence, MutableSequence), _HERE + "sequence"),
    (_has_origin(dict, Mapping, MutableMapping), _HERE + "mapping"),
    (_has_origin(tuple), _HERE + "tuples"),
    (_is_dataclass, _HERE + "record"),
    (_is_named_tuple, _HERE + "named_tuple"),
)
"""Predicate and module of each family."""
