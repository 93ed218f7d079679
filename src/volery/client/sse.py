"""Server-sent events, as they come out of a stream of bytes (the WHATWG's HTML, section 9.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Message(NamedTuple):
    """An event: its data, and the id by which a stream goes on behind it."""

    id: str
    data: bytes


def messages(chunks: Iterable[bytes]) -> Iterator[Message]:
    """The events of a stream. One that the end cuts off is dropped, and comments are."""
    id = ""
    data: list[bytes] = []
    for line in _lines(chunks):
        name, _, value = line.partition(b":")
        match name:
            case b"data":
                data.append(value.removeprefix(b" "))
            case b"id":
                id = value.removeprefix(b" ").decode()
            case b"" if not line and data:
                yield Message(id, b"\n".join(data))
                data = []
            case _:
                pass


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from (line.removesuffix(b"\r") for line in lines)
