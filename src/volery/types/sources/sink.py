"""Streams to places where bytes appear whole or not at all."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, BinaryIO, Protocol, Self, TypeVar, cast


class Taker(Protocol):
    """Takes bytes as they come."""

    def write(self, data: memoryview, /) -> int: ...


T = TypeVar("T", bound=Taker)


def sink(opened: AbstractContextManager[T], done: Callable[[T], object] | None = None) -> BinaryIO:
    """A stream to a place where bytes appear whole: not if the ``with`` block around it raises.

    Args:
        opened: gives what takes the bytes, and is told how that ended.
        done: is called with the taker when the bytes are there.
    """
    taker = opened.__enter__()
    end = None if done is None else lambda: done(taker)
    return cast("BinaryIO", _Sink(taker, opened.__exit__, end))


class _Sink(io.RawIOBase):
    def __init__(
        self, taker: Taker, leave: Callable[..., object], done: Callable[[], object] | None
    ) -> None:
        super().__init__()
        self._taker = taker
        self._leave = leave
        self._done = done

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        return self._taker.write(memoryview(data).cast("B"))

    def close(self) -> None:
        self._end(None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._end(cast("BaseException | None", exception[1]))

    def _end(self, error: BaseException | None) -> None:
        if self.closed:
            return
        super().close()
        self._leave(type(error) if error else None, error, None)
        if error is None and self._done is not None:
            self._done()


class TextStream(io.TextIOWrapper):
    """Text in a stream of bytes, which is told how the ``with`` block ended."""

    def __exit__(self, *exception: object) -> None:
        if exception[0] is not None:
            cast("Any", self.buffer).__exit__(*exception)
        self.close()
