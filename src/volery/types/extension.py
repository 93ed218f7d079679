"""Scalars that travel as an extension of MessagePack."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from volery.ir.types import PrimitiveType, show
from volery.ir.values import Ext, Wire
from volery.types.mismatch import mismatch


class ExtensionCodec:
    """Objects of exactly one type.

    Args:
        kind: the literal type.
        python: the type.
        code: of the extension.
        write: the bytes of an object.
        read: the inverse; both raise ValueError or OverflowError with the reason.
        hint: what to do about an object of another type that is no subclass, where that is known.
    """

    __slots__ = ("_code", "_hint_for", "_python", "_read", "_write", "type")

    def __init__(
        self,
        kind: PrimitiveType,
        python: type,
        code: int,
        *,
        write: Callable[[Any], bytes],
        read: Callable[[bytes], Any],
        hint: Callable[[Any], str | None],
    ) -> None:
        self.type = kind
        self._python = python
        self._code = code
        self._write = write
        self._read = read
        self._hint_for = hint

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) is not self._python:
            raise mismatch(show(self.type), value, path, hint=self._hint(value))
        try:
            return Ext(self._code, self._write(value))
        except (ValueError, OverflowError) as error:
            raise mismatch(show(self.type), value, path, hint=str(error)) from None

    def from_wire(self, wire: Wire, path: str) -> Any:
        if type(wire) is not Ext or wire.code != self._code:
            raise mismatch(show(self.type), wire, path)
        try:
            return self._read(bytes(wire.data))
        except (ValueError, OverflowError) as error:
            raise mismatch(show(self.type), wire, path, hint=str(error)) from None

    def _hint(self, value: Any) -> str | None:
        hint = self._hint_for(value)
        if hint is None and isinstance(value, self._python):
            return f"an object of a subclass would come out as {self._python.__name__}: convert it"
        return hint
