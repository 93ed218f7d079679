"""set and frozenset, also by the abstract names ``Set`` and ``MutableSet``.

The wire form is an array, ordered by packed element, so that equal sets have equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, MutableSequence, Sequence
from types import EllipsisType, UnionType
from typing import Any, Final, Literal, Union, get_args, get_origin

from volery.errors import UnsupportedType
from volery.ir.interface import ELEMENTS
from volery.ir.types import SetType, show
from volery.ir.values import Wire, pack
from volery.types.codec import Codec, within
from volery.types.exact import is_list
from volery.types.hints import meaning
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch, preview
from volery.types.plain import plainness


class SetCodec:
    """A set or frozenset, its elements of one type."""

    __slots__ = ("_element", "_plain", "_python", "_shown", "constraints", "type")

    def __init__(self, python: type[set[Any] | frozenset[Any]], element: Codec) -> None:
        self.type = SetType(element.type)
        self.constraints = within(ELEMENTS, element)
        self._python = python
        self._element = element
        self._plain = plainness(element)
        self._shown = f"{python.__name__}[{show(element.type)}]"

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) is not self._python:
            raise mismatch(self._shown, value, path, hint=self._hint(value))
        if self._plain(value):
            return sorted(value, key=pack)
        by_bytes: dict[bytes, Wire] = {}
        for each in value:
            wire = self._element.to_wire(each, f"{path}[{preview(each)}]")
            by_bytes[pack(wire)] = wire
        self._check_distinct(len(by_bytes), value, path)
        return [by_bytes[data] for data in sorted(by_bytes)]

    def from_wire(self, wire: Wire, path: str) -> Any:
        if not is_list(wire):
            raise mismatch(self._shown, wire, path)
        elements = wire
        if not self._plain(wire):
            from_wire = self._element.from_wire
            elements = [from_wire(each, f"{path}[{at}]") for at, each in enumerate(wire)]
        try:
            made = self._python(elements)
        except TypeError as error:  # what stands in a frozen record need not have a hash
            raise mismatch(self._shown, wire, path, hint=str(error)) from None
        self._check_distinct(len(made), wire, path)
        return made

    def _check_distinct(self, found: int, source: Any, path: str) -> None:
        """Refuse elements that fall together (an enum's member and its name do)."""
        if found != len(source):
            hint = "several of its elements mean the same: give each once"
            raise mismatch(self._shown, source, path, hint=hint)

    def _hint(self, value: Any) -> str | None:
        if isinstance(value, Iterable) and not isinstance(value, str | bytes | dict):
            return f"pass {self._python.__name__}(...) of it"
        return None


_PARTS: Final = (tuple, frozenset, Union, UnionType)
"""What has a hash if its parts do."""


def _has_hash(annotation: Any) -> bool:
    annotation = meaning(annotation)
    origin: Any = get_origin(annotation) or annotation
    if origin in _PARTS:
        return all(map(_has_hash, get_args(annotation)))
    if origin is Literal or isinstance(origin, EllipsisType):
        return True
    return origin is None or (
        origin not in (Sequence, MutableSequence) and getattr(origin, "__hash__", None) is not None
    )


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    (part,) = get_args(annotation)
    element = codec_for(part, "[]")
    if not _has_hash(part):
        raise UnsupportedType(
            f"{show(element.type)} cannot be the element of a set",
            hint="elements need a hash: scalars, tuples, frozensets, frozen dataclasses; "
            f"or declare list[{show(element.type)}]",
        )
    return SetCodec(frozenset if get_origin(annotation) is frozenset else set, element)
