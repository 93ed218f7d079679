"""What an executor and its worker process say to each other, over a stream of bytes.

A frame is the length of its body (8 bytes, big-endian) and the body, one message in MessagePack.

    executor -> worker      Init, then any of Run, Return, Answer
    worker -> executor      Ready, then any of Loaded, Element, Asked, Done, Returned
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from volery.ir.work import Call, CallEnded, Result, Work


class Init(msgspec.Struct, frozen=True, array_like=True, tag=0):
    """The first message.

    Attributes:
        import_roots: they go to the front of ``sys.path``, in this order.
        scratch: a folder for files of attempts, absolute. The worker makes it when it needs it; the
            executor removes it when the worker is dead.
        storage: URL of the storage that large values come from and go to.
        storage_options: of the storage; None: those of the settings.
    """

    import_roots: tuple[str, ...]
    scratch: str
    storage: str
    storage_options: dict[str, str] | None


class Run(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """Carry these out, one after the other, after all that came before."""

    works: tuple[Work, ...]


class Return(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """Give back whatever has not begun."""


class Answer(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """How a call that the function of an eager task made has ended."""

    end: CallEnded


class Ready(msgspec.Struct, frozen=True, array_like=True, tag=0):
    """The worker is up."""


class Done(msgspec.Struct, frozen=True, array_like=True, tag=1):
    """A work is over.

    Attributes:
        printed: how long the files are now that take what attempts print: stdout, stderr, log.
    """

    result: Result
    printed: tuple[int, int, int]


class Returned(msgspec.Struct, frozen=True, array_like=True, tag=2):
    """The works given back, in order. All others that were sent have begun."""

    ids: tuple[int, ...]


class Loaded(msgspec.Struct, frozen=True, array_like=True, tag=3):
    """The task of a work, the first of its task here, has been imported: user code begins now."""

    work: int


class Element(msgspec.Struct, frozen=True, array_like=True, tag=4):
    """The next element of a work with a limit begins, so that its time begins anew."""

    work: int


class Asked(msgspec.Struct, frozen=True, array_like=True, tag=5):
    """The function of an eager task calls an entity."""

    call: Call


ToWorker = Init | Run | Return | Answer
FromWorker = Ready | Loaded | Element | Asked | Done | Returned

decode_to_worker: Callable[[bytes], ToWorker] = msgspec.msgpack.Decoder(ToWorker).decode
decode_from_worker: Callable[[bytes], FromWorker] = msgspec.msgpack.Decoder(FromWorker).decode

CHUNK: Final = 64 * 1024
"""How many bytes are read at a time."""
_HEADER: Final = 8
_encode_into = msgspec.msgpack.Encoder().encode_into


def frame(message: msgspec.Struct) -> bytearray:
    """A message as it goes over the stream."""
    buffer = bytearray(_HEADER)
    _encode_into(message, buffer, _HEADER)
    buffer[:_HEADER] = (len(buffer) - _HEADER).to_bytes(_HEADER)
    return buffer


def framed(body: bytes) -> bytes:
    """A message that has been read, as it goes over another stream."""
    return len(body).to_bytes(_HEADER) + body


class FrameReader:
    """Cuts a stream of bytes into the bodies of frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """The bodies that are complete now that `data` has come."""
        buffer = self._buffer
        buffer += data
        bodies: list[bytes] = []
        start = 0
        while (body := start + _HEADER) <= len(buffer):
            end = body + int.from_bytes(buffer[start:body])
            if end > len(buffer):
                break
            bodies.append(bytes(buffer[body:end]))
            start = end
        del buffer[:start]
        return bodies
