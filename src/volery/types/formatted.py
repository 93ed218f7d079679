"""Formats in brackets: ``File["csv"]``."""

from __future__ import annotations

import typing
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, get_args, get_origin

import msgspec

from volery.errors import UnsupportedType


class Format(msgspec.Struct, frozen=True):
    """How a file or the files of a directory are written.

    Attributes:
        name: the usual extension without the first dot: ``csv``, ``tar.gz``.
    """

    name: str


def format_of(metadata: Iterable[object]) -> str:
    """The format among the metadata of an annotation: a `Format`, or text; empty without one."""
    for each in metadata:
        if isinstance(each, Format):
            return each.name
        if isinstance(each, str):
            return each.removeprefix(".")
    return ""


def format_named(format: Any) -> str:
    """The name of a format: given as text, ``Literal["csv"]`` or ``TypeVar("csv")``."""
    match format:
        case str():
            name = format
        case TypeVar():
            name = format.__name__
        case _ if get_origin(format) is Literal:
            name = get_args(format)[0]
        case _:
            name = None
    if not isinstance(name, str) or not name.strip("."):
        raise UnsupportedType(f"{format!r} is no format", hint='write File["csv"]')
    return name.removeprefix(".")


if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    Format_co = TypeVarWithDefault("Format_co", bound=str, default=str, covariant=True)

    class Formatted(Generic[Format_co]):
        """Takes a format in brackets; type checkers want it as ``Literal["csv"]``."""

else:
    Format_co = None

    class Formatted:
        """Takes a format in brackets, which annotates the class."""

        def __class_getitem__(cls, format: Any) -> Any:
            """The class with a format."""
            return cls if cls is Formatted else typing.Annotated[cls, Format(format_named(format))]
