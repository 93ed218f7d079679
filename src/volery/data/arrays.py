"""Arrays in the storage, kept so that parts of them can be read.

The storage holds the packed elements one after the other, without a header, and beside them an
index: the list of blocks, each with the number of its elements, its size and its digest. Where a
block ends follows from the elements alone, so equal arrays have equal digests however they were
written.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from threading import Lock
from typing import TYPE_CHECKING, Final, Generic, Self, TypeVar

import msgspec

from volery.errors import AlteredContent
from volery.ir.content import Offloaded
from volery.ir.values import array_header, pack

if TYPE_CHECKING:
    from volery.data.storage import Storage

T = TypeVar("T")

BLOCK: Final = 64 * 1024
"""Bytes from which on a block is complete."""

AT_ONCE: Final = 4 * 1024 * 1024
"""Bytes that are read at a time, about, where many are wanted."""

KEPT_BYTES: Final = 4 * 1024 * 1024
"""How much of indexes, and of blocks, is kept: ranges of one list are read one after the other."""

UNKNOWN: Final = -1
"""The size of an index, which nobody keeps."""


class Block(msgspec.Struct, frozen=True, array_like=True):
    """Some elements that follow each other."""

    elements: int
    size: int
    digest: bytes


_read_index = msgspec.msgpack.Decoder(tuple[Block, ...]).decode


class BlockWriter:
    """Writes an array of any length; when its ``with`` block ends, `written` tells where it is."""

    written: Offloaded

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._stack = ExitStack()
        self._writer = self._stack.enter_context(storage.writer())
        self._blocks: list[Block] = []
        self._open = bytearray()
        self._elements = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if exception[0] is None:
            try:
                self._end_block()
            except BaseException:
                self._stack.__exit__(*sys.exc_info())
                raise
        self._stack.__exit__(*exception)  # pyright: ignore[reportArgumentType]
        if exception[0] is None:
            index = self._storage.put(pack(self._blocks))
            length = sum(block.elements for block in self._blocks)
            self.written = Offloaded(self._writer.digest, self._writer.size, length, index)

    def write(self, elements: bytes | bytearray | memoryview, count: int) -> None:
        """Take some elements, packed, that have to stay together."""
        self._open += elements
        self._elements += count
        if len(self._open) >= BLOCK:
            self._end_block()

    def _end_block(self) -> None:
        from volery.data.hashing import hasher

        if self._elements:
            digest = hasher()
            digest.update(self._open)
            self._blocks.append(Block(self._elements, len(self._open), digest.digest()))
            self._writer.write(self._open)
        self._open = bytearray()
        self._elements = 0


def read(storage: Storage, array: Offloaded) -> Iterator[tuple[int, bytes, int]]:
    """The blocks that hold the elements of an array, or of the part that it stands for.

    Yields the position of a block's first element in the whole, its elements as a packed array,
    and how many they are.

    Raises:
        MissingContent: the array, or its index, is not in the storage.
        AlteredContent: a block is not what was written.
    """
    blocks = _index_of(storage, array)
    start, end = bounds(array)
    wanted = [
        placed
        for placed in _placed(blocks)
        if placed.first < end and placed.first + placed.block.elements > start
    ]
    for batch in _batches(wanted):
        yield from _read_batch(storage, array, batch)


def blocks(storage: Storage, array: Offloaded) -> Iterator[Offloaded]:
    """The blocks of the whole array, each as the part of it that it holds. Raises as `read`."""
    for placed in _placed(_index_of(storage, array)):
        yield msgspec.structs.replace(
            array, start=placed.first, end=placed.first + placed.block.elements
        )


def bounds(array: Offloaded) -> tuple[int, int]:
    """First and last (exclusive) element of what it stands for."""
    if array.start is None:
        return 0, array.length or 0
    return array.start, array.start + 1 if array.end is None else array.end


class _Placed(msgspec.Struct, frozen=True):
    """A block, the position of its first element and that of its first byte."""

    block: Block
    first: int
    offset: int


def _placed(blocks: Sequence[Block]) -> Iterator[_Placed]:
    first = offset = 0
    for block in blocks:
        yield _Placed(block, first, offset)
        first += block.elements
        offset += block.size


def _batches(blocks: Sequence[_Placed]) -> Iterator[list[_Placed]]:
    """Neighbours that are read together."""
    batch: list[_Placed] = []
    size = 0
    for each in blocks:
        if size + each.block.size > AT_ONCE and batch:
            yield batch
            batch, size = [], 0
        batch.append(each)
        size += each.block.size
    if batch:
        yield batch


def _read_batch(
    storage: Storage, array: Offloaded, batch: Sequence[_Placed]
) -> Iterator[tuple[int, bytes, int]]:
    first = batch[0].block
    if len(batch) == 1 and (kept := _blocks.get((storage.url, first.digest))) is not None:
        yield batch[0].first, kept, batch[0].block.elements
        return
    start = batch[0].offset
    data = memoryview(
        storage.get_range(array.digest, start, batch[-1].offset + batch[-1].block.size)
    )
    for each in batch:
        begin = each.offset - start
        part = data[begin : begin + each.block.size]
        _verify(part, each, array)
        packed = array_header(each.block.elements) + bytes(part)
        if len(batch) == 1:
            _blocks.put((storage.url, each.block.digest), packed, len(packed))
        yield each.first, packed, each.block.elements


def _verify(part: memoryview, placed: _Placed, array: Offloaded) -> None:
    from volery.data.hashing import hasher

    digest = hasher()
    digest.update(part)
    if digest.digest() != placed.block.digest:
        last = placed.first + placed.block.elements - 1
        raise AlteredContent(
            f"elements {placed.first} to {last} of list {array.digest[:12]} are not what was stored"
            f" ({len(part)} of {placed.block.size} bytes read)",
            hint="run again what made the list",
        )


def _index_of(storage: Storage, array: Offloaded) -> tuple[Block, ...]:
    found = _indexes.get((storage.url, array.index))
    if found is None:
        data = storage.get(array.index, UNKNOWN)
        try:
            found = _read_index(data)
        except msgspec.MsgspecError as error:
            raise AlteredContent(f"the index of list {array.digest[:12]}: {error}") from None
        _indexes.put((storage.url, array.index), found, 4 * len(data))  # as objects they are larger
    return found


class _Newest(Generic[T]):
    """The things that were used last, by storage and digest: they never change."""

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, tuple[T, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, key: _Key) -> T | None:
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: _Key, thing: T, size: int) -> None:
        """Keep a thing of some size in bytes, instead of what was not used for longest."""
        with self._lock:
            if size > KEPT_BYTES or key in self._kept:
                return
            self._kept[key] = thing, size
            self._bytes += size
            while self._bytes > KEPT_BYTES:
                _, (_, freed) = self._kept.popitem(last=False)
                self._bytes -= freed


_Key = tuple[str, str | bytes]

_indexes: _Newest[tuple[Block, ...]] = _Newest()
_blocks: _Newest[bytes] = _Newest()
