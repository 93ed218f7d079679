"""list, also by its abstract names ``Sequence`` and ``MutableSequence``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from volery.ir.interface import ELEMENTS
from volery.ir.types import ListType, show
from volery.ir.values import Wire
from volery.types.codec import Codec, within
from volery.types.exact import is_list
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch
from volery.types.plain import plainness
from volery.types.unsupported import unsupported


class SequenceCodec:
    """A list or tuple of any length, its elements of one type; the wire form is an array."""

    __slots__ = ("_element", "_plain", "_python", "_shown", "constraints", "type")

    def __init__(self, python: type[list[Any] | tuple[Any, ...]], element: Codec) -> None:
        self.type = ListType(element.type)
        self.constraints = within(ELEMENTS, element)
        self._python = python
        self._element = element
        self._plain = plainness(element)
        rest = ", ..." if python is tuple else ""
        self._shown = f"{python.__name__}[{show(element.type)}{rest}]"

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) is not self._python:
            raise mismatch(self._shown, value, path, hint=self._hint(value))
        if self._plain(value):
            return value if type(value) is list else list(value)  # packed at once: no copy needed
        to_wire = self._element.to_wire
        return [to_wire(each, f"{path}[{at}]") for at, each in enumerate(value)]

    def from_wire(self, wire: Wire, path: str) -> Any:
        if not is_list(wire):
            raise mismatch(self._shown, wire, path)
        if self._plain(wire):
            return wire if self._python is list else self._python(wire)
        from_wire = self._element.from_wire
        return self._python([from_wire(each, f"{path}[{at}]") for at, each in enumerate(wire)])

    def _hint(self, value: Any) -> str | None:
        if hasattr(value, "tolist"):
            return "pass its .tolist()"
        if isinstance(value, Iterable) and not isinstance(value, str | bytes | dict):
            return f"pass {self._python.__name__}(...) of it"
        return None


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    match get_args(annotation):
        case (element,):
            return SequenceCodec(list, codec_for(element, "[]"))
        case _:
            raise unsupported(annotation)
