"""Invocations, as a program in a container gets them."""

from __future__ import annotations

from time import time
from typing import TypeVar

import msgspec

from volery._version import __version__
from volery.data import documents
from volery.errors import VoleryError
from volery.ir.invocation import CONTRACT, EXPIRED, REFUSED, UNREACHABLE, Attempt

T = TypeVar("T", bound=Attempt)


class Refusal(Exception):
    """There is no attempt to be made; `status` is that of this process."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def read_invocation(uri: str, kind: type[T]) -> T:
    """The invocation at a URI, which is to be carried out now; as much of it as `kind` has.

    Raises:
        Refusal: it cannot be had, it is of another contract, or it is too late for it.
    """
    try:
        data = documents.read(uri)
    except VoleryError as error:
        raise Refusal(UNREACHABLE, f"the invocation cannot be read: {error}") from None
    invocation = _decoded(data, kind)
    if 0 < invocation.expires < time():
        late = time() - invocation.expires
        raise Refusal(EXPIRED, f"the invocation has expired {late:.0f} s ago: nothing is done")
    return invocation


class _Header(msgspec.Struct):
    contract: int = 0
    version: str = ""


def _decoded(data: bytes, kind: type[T]) -> T:
    try:
        header = msgspec.json.decode(data, type=_Header)
        if header.contract != CONTRACT:
            raise Refusal(
                REFUSED,
                f"the invocation keeps to contract {header.contract} and was written by Volery "
                f"{header.version or '?'}; this is Volery {__version__}, which knows contract "
                f"{CONTRACT}\n  hint: use an image with the Volery of the engine",
            )
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise Refusal(REFUSED, f"this is no invocation: {error}") from None
