"""``Annotated[T, HashMethod(...)]``: as T, known by what the function gives.

Content takes it as its identity. Any other value is stored, and an `Offloaded` with the identity
stands for it. None stays None. Where there are several, the last counts, which is the outermost.
"""

from __future__ import annotations

from typing import Annotated, Any, get_args

import msgspec

from volery.data import offload
from volery.data.current import current
from volery.data.hashing import digest_of
from volery.errors import TypeMismatch, UnsupportedType
from volery.ir import values
from volery.ir.content import (
    Offloaded,
    content_of_wire,
    content_to_wire,
    offloaded_to_wire,
    read_offloaded,
)
from volery.ir.types import show
from volery.ir.values import CONTENT, OFFLOADED, Ext, Wire
from volery.types.codec import Codec, constraints_of, is_streaming
from volery.types.making import CodecFor
from volery.types.marks import HashMethod
from volery.types.mismatch import at, preview


class HashedCodec:
    """Values that another codec takes, with an identity of their own."""

    __slots__ = ("_codec", "_method", "constraints", "type")

    def __init__(self, codec: Codec, method: HashMethod) -> None:
        self.type = codec.type
        self.constraints = constraints_of(codec)
        self._codec = codec
        self._method = method

    def to_wire(self, value: Any, path: str) -> Wire:
        wire = self._codec.to_wire(value, path)
        return None if wire is None else _identified(wire, self._identity(value, path))

    def from_wire(self, wire: Wire, path: str) -> Any:
        return self._codec.from_wire(wire, path)

    def _identity(self, value: Any, path: str) -> str:
        try:
            text = self._method.function(value)
        except Exception as error:
            raise self._failed(f"raised {type(error).__name__}: {error}", path) from error
        if type(text) is not str:
            raise self._failed(f"gave {preview(text)} ({type(text).__qualname__})", path)
        return digest_of(text.encode(errors="surrogatepass"))

    def _failed(self, what: str, path: str) -> TypeMismatch:
        return TypeMismatch(
            f"{self._method!r} for {show(self.type)} {what}{at(path)}",
            hint="its function has to give a str for every value but None",
            path=path,
        )


def codec(annotation: Any, codec_for: CodecFor) -> Codec:
    """The codec of an annotation of this family."""
    methods = [each for each in annotation.__metadata__ if isinstance(each, HashMethod)]
    others = [each for each in annotation.__metadata__ if not isinstance(each, HashMethod)]
    subject = get_args(annotation)[0]
    inner = codec_for(Annotated[subject, *others] if others else subject)
    if is_streaming(inner):
        raise UnsupportedType(
            f"{methods[-1]!r} would use up the values of {preview(subject)}",
            hint="declare list[...] to have them hashed",
        )
    return HashedCodec(inner, methods[-1])


def _identified(wire: Wire, identity: str) -> Ext:
    if isinstance(wire, Ext) and wire.code == CONTENT:
        content = content_of_wire(wire)
        return content_to_wire(msgspec.structs.replace(content, identity=identity))
    packed = offload.pack(wire)
    made = values.unpack(packed)
    if isinstance(made, Ext) and made.code == OFFLOADED:  # it is large
        stored = read_offloaded(bytes(made.data))
        return offloaded_to_wire(msgspec.structs.replace(stored, identity=identity))
    stored = Offloaded(current().put(packed), len(packed), identity=identity)
    return offloaded_to_wire(stored)
