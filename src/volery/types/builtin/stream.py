"""``Iterator[T]``, ``Iterable[T]`` and ``Generator[T, ...]``: lists that nobody has to hold whole.

Where one is an output, elements are written as they come; where it is an input, they are read as
they are asked for. To the graph it is a list: a step may give a generator and the next take
``list[T]``, and the other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

import msgspec

from volery.data import offload
from volery.data.current import current, using
from volery.ir.interface import ELEMENTS
from volery.ir.types import ListType, show
from volery.ir.values import Raw, Wire
from volery.types.codec import Codec, within
from volery.types.exact import is_list
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch
from volery.types.packing import unpack
from volery.types.unsupported import unsupported


class Stream(Iterator[Any]):
    """The elements of a list, read as they are asked for; ``len()`` is how many are left."""

    __slots__ = ("_elements", "_left")

    def __init__(self, elements: Iterator[Any], length: int) -> None:
        self._elements = elements
        self._left = length

    def __len__(self) -> int:
        return self._left

    def __next__(self) -> Any:
        element = next(self._elements)
        self._left -= 1
        return element


class StreamCodec:
    """Any iterable on the way out, an iterator on the way in; the wire form is an array."""

    __slots__ = ("_element", "_shown", "constraints", "type")

    def __init__(self, element: Codec) -> None:
        self.type = ListType(element.type)
        self.constraints = within(ELEMENTS, element)
        self._element = element
        self._shown = f"Iterator[{show(element.type)}]"

    def pack(self, value: Any, path: str) -> bytes:
        """Write the elements as they come."""
        with offload.ArrayBuilder() as array:
            array.extend(self._wires(value, path))
        return offload.pack(array.value)

    def unpack(self, data: bytes | Raw, path: str) -> Stream:
        """Read the elements as they are asked for."""
        storage = current()
        try:
            length = offload.length(data)
        except (msgspec.DecodeError, ValueError) as error:
            raise mismatch(
                self._shown, bytes(memoryview(data)[:60]), path, hint=str(error)
            ) from None

        def elements() -> Iterator[Any]:
            rest = enumerate(offload.elements(data))
            while True:
                with using(storage):  # it may be used behind the block that it was made in
                    at, element = next(rest, (0, None))
                    if element is None:
                        return
                    made = unpack(self._element, element, f"{path}[{at}]")
                yield made

        return Stream(elements(), length)

    def to_wire(self, value: Any, path: str) -> Wire:
        return list(self._wires(value, path))

    def from_wire(self, wire: Wire, path: str) -> Stream:
        if not is_list(wire):
            raise mismatch(self._shown, wire, path)
        from_wire = self._element.from_wire
        elements = (from_wire(each, f"{path}[{at}]") for at, each in enumerate(wire))
        return Stream(elements, len(wire))

    def _wires(self, value: Any, path: str) -> Iterator[Wire]:
        if not isinstance(value, Iterable) or isinstance(value, str | bytes | dict):
            raise mismatch(self._shown, value, path)
        to_wire = self._element.to_wire
        for at, each in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield to_wire(each, f"{path}[{at}]")


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    match get_args(annotation):
        case (element, *_):
            return StreamCodec(codec_for(element, "[]"))
        case _:
            raise unsupported(annotation)
