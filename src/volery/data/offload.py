"""The offload rule: what of a value is large stands in the current storage.

A packed value, or a part of one, of more than `THRESHOLD` bytes is stored by whoever makes it, and
an `Offloaded` takes its place. Parts go first: of a record with one large field that field alone,
of a list of large elements every element. So what travels is small, whatever it stands for, and can
be taken apart without being fetched. Equal values are cut in the same places.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Self, cast

import msgspec

from volery.data.current import current
from volery.errors import TypeMismatch
from volery.ir import values
from volery.ir.content import THRESHOLD, Offloaded, offloaded_to_wire, read_offloaded
from volery.ir.values import OFFLOADED, Ext, Raw, Wire, array_header, join_array, split_array

if TYPE_CHECKING:
    from volery.data.arrays import BlockWriter

UNIT: Final = 256
"""Elements that are packed at a time."""


# -- to the storage ---------------------------------------------------------------------------


def pack(wire: Wire) -> bytes:
    """A wire tree as a packed value, its large parts offloaded.

    Raises:
        TypeMismatch: MessagePack has no room for a part of it.
        StorageError: a large part cannot be stored.
    """
    packed = _packed(wire)
    if len(packed) <= THRESHOLD:
        return packed
    del packed  # it may be as large as memory allows, and is written once more in pieces
    return values.pack(_small(wire))


class ArrayBuilder:
    """An array in the making, of elements that come one after the other.

    A context manager; `value`, once the block has ended, is the array as it stands in a wire tree.
    Memory is bounded, and a short array never reaches the storage.
    """

    value: Wire

    def __init__(self) -> None:
        self._unit: list[Wire] = []
        self._held = bytearray()
        self._length = 0
        self._writer: BlockWriter | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if exception[0] is None:
            try:
                self._end_unit()
            except BaseException:
                self._stop(*sys.exc_info())
                raise
        self._stop(*exception)
        if exception[0] is None:
            self.value = self._written()

    def extend(self, elements: Iterable[Wire]) -> None:
        """Take elements."""
        rest = iter(elements)
        while more := list(islice(rest, UNIT - len(self._unit))):
            self._unit += more
            if len(self._unit) == UNIT:
                self._end_unit()

    def _end_unit(self) -> None:
        unit, self._unit = self._unit, []
        if not unit:
            return
        packed = _packed(unit)
        if len(packed) <= THRESHOLD:
            self._take(memoryview(packed)[len(array_header(len(unit))) :], len(unit))
            return
        for each in unit:
            self._take(values.pack(_at_most_small(each)), 1)

    def _take(self, elements: bytes | memoryview, count: int) -> None:
        """Take packed elements; a block ends behind them or not."""
        if self._writer is None and len(self._held) + len(elements) > THRESHOLD:
            self._writer = _block_writer()
            self._writer.write(self._held, self._length)
        if self._writer is None:
            self._held += elements
        else:
            self._writer.write(elements, count)
        self._length += count

    def _stop(self, *exception: object) -> None:
        if self._writer is not None:
            self._writer.__exit__(*exception)

    def _written(self) -> Wire:
        if self._writer is not None:
            return offloaded_to_wire(self._writer.written)
        return Raw(array_header(self._length) + self._held)


def _block_writer() -> BlockWriter:
    from volery.data.arrays import BlockWriter

    return BlockWriter(current())


def _packed(wire: Wire) -> bytes:
    try:
        return values.pack(wire)
    except (msgspec.EncodeError, ValueError, OverflowError) as error:
        raise TypeMismatch(f"expected a value that MessagePack can hold: {error}") from None


def _at_most_small(wire: Wire) -> Wire:
    return wire if len(values.pack(wire)) <= THRESHOLD else _small(wire)


def _small(wire: Wire) -> Wire:
    """What stands for a wire tree whose packed form is large."""
    if isinstance(wire, Raw) and values.is_array(wire):
        wire = split_array(wire)
    match wire:
        case list():
            with ArrayBuilder() as array:
                array.extend(cast("list[Wire]", wire))
            return array.value
        case dict():
            entries = _small_entries(cast("dict[Wire, Wire]", wire))
            packed = values.pack(entries)
            return entries if len(packed) <= THRESHOLD else _stored(packed)
        case _:
            return _stored(values.pack(wire))


def _small_entries(entries: dict[Wire, Wire]) -> dict[Wire, Wire]:
    """The same entries with the large ones offloaded; many small ones are not looked at singly."""
    small: dict[Wire, Wire] = {}
    rest = iter(entries.items())
    while unit := dict(islice(rest, UNIT)):
        if len(values.pack(unit)) > THRESHOLD:
            unit = {key: _at_most_small(each) for key, each in unit.items()}
        small |= unit
    return small


def _stored(packed: bytes) -> Ext:
    return offloaded_to_wire(Offloaded(current().put(packed), len(packed)))


# -- and back ---------------------------------------------------------------------------------


def unpack(value: bytes | Raw) -> Wire:
    """The wire tree of a packed value, with all that was offloaded in its place.

    Raises:
        MissingContent, AlteredContent, StorageError: it cannot be had.
    """
    return _decoder.decode(value)


def _whole(code: int, data: memoryview) -> Any:
    if code != OFFLOADED:
        return Ext(code, bytes(data))
    return _loaded(read_offloaded(data))


_decoder = msgspec.msgpack.Decoder(ext_hook=_whole)


def _loaded(offloaded: Offloaded) -> Wire:
    if not _is_list(offloaded):
        return unpack(_fetched(offloaded))
    elements: list[Wire] = []
    for block in _blocks(offloaded):
        elements += unpack(block) if isinstance(block, bytes) else map(unpack, block)
    return elements


# -- a step at a time -----------------------------------------------------------------------------


def step(wire: Wire, to: str | int) -> Wire:
    """A part of a wire tree in which things are still offloaded; so may the part be.

    Raises:
        KeyError, IndexError, TypeError: there is no such part.
    """
    found = _offloaded(wire)
    if found is not None and _is_list(found) and isinstance(to, int):
        return _part(found, range(_length(found))[to], None)
    whole = opened(wire)
    if not isinstance(whole, list | dict):
        raise TypeError(f"{type(whole).__name__} has no parts")
    return cast("Any", whole)[to]


def opened(wire: Wire) -> Wire:
    """A wire tree that does not stand for another one; things in it may still be offloaded."""
    found = _offloaded(wire)
    while found is not None:
        if _is_list(found):
            return [values.unpack(each) for each in _split(found)]
        wire = values.unpack(_fetched(found))
        found = _offloaded(wire)
    return wire


# -- arrays, without looking at their elements --------------------------------------------------


def is_array(value: bytes | Raw) -> bool:
    """Whether a packed value is an array, here or offloaded; nothing is read to find out."""
    found = _offloaded(values.unpack(value)) if values.is_extension(value) else None
    return values.is_array(value) if found is None else _is_list(found)


def length(array: bytes | Raw) -> int:
    """How many elements a packed array has."""
    found = _array(array)
    return _length(found) if isinstance(found, Offloaded) else len(split_array(found))


def elements(array: bytes | Raw) -> Iterator[Raw]:
    """The elements of a packed array, undecoded; of an offloaded one a few at a time."""
    found = _array(array)
    yield from _split(found) if isinstance(found, Offloaded) else split_array(found)


def ranges(array: bytes | Raw) -> Callable[[int, int | None], bytes | Raw]:
    """How to take a packed array apart: given start and end its range, without end one element.

    Of an offloaded array nothing is read.
    """
    found = _array(array)
    if isinstance(found, Offloaded):
        return lambda start, end: values.pack(_part(found, start, end))
    split = split_array(found)
    return lambda start, end: split[start] if end is None else join_array(split[start:end])


def _array(value: bytes | Raw) -> Offloaded | bytes | Raw:
    """A packed array: as it stands, or where its elements are."""
    while values.is_extension(value):
        found = _offloaded(values.unpack(value))
        if found is None:
            return value
        if _is_list(found):
            return found
        value = _fetched(found)
    return value


def _offloaded(wire: Wire) -> Offloaded | None:
    """What a wire tree is offloaded to; None when it stands here."""
    if isinstance(wire, Ext) and wire.code == OFFLOADED:
        return read_offloaded(bytes(wire.data))
    return None


def _is_list(offloaded: Offloaded) -> bool:
    """Whether it stands for elements; else for one of them, or for a value of another kind."""
    return bool(offloaded.index) and (offloaded.start is None or offloaded.end is not None)


def _length(array: Offloaded) -> int:
    from volery.data.arrays import bounds

    start, end = bounds(array)
    return end - start


def _part(array: Offloaded, start: int, end: int | None) -> Ext:
    """Elements of an offloaded array, or (`end` is None) one of them, still offloaded."""
    offset = array.start or 0
    stop = None if end is None else offset + end
    part = msgspec.structs.replace(array, start=offset + start, end=stop, identity="")
    return offloaded_to_wire(part)


def _fetched(offloaded: Offloaded) -> bytes | Raw:
    """The packed value, or element of an array, that is offloaded."""
    if offloaded.index:
        return next(_split(offloaded))
    return current().get(offloaded.digest, offloaded.size)


def _split(array: Offloaded) -> Iterator[Raw]:
    for block in _blocks(array):
        yield from split_array(block) if isinstance(block, bytes) else block


def _blocks(array: Offloaded) -> Iterator[bytes | list[Raw]]:
    """The elements of an array, or a part of one: whole blocks packed, others split."""
    from volery.data import arrays

    start, end = arrays.bounds(array)
    for first, packed, count in arrays.read(current(), array):
        if start <= first and first + count <= end:
            yield packed
        else:
            yield split_array(packed)[max(0, start - first) : end - first]
