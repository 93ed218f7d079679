"""The codec: how Python objects of one type become values and back."""

from __future__ import annotations

from typing import Any, Protocol

from volery.ir.types import LiteralType
from volery.ir.values import Wire


class Codec(Protocol):
    """Translates between Python objects of one annotation and wire trees.

    A codec is made once per annotation (see `volery.types.registry`) and holds no state of calls.
    `path` is where the value stands in the whole, beginning with ``$``; errors carry it.

    A codec may also have ``plain(values) -> bool``, to check many values at once instead of
    walking over them (see `volery.types.plain`).
    """

    @property
    def type(self) -> LiteralType:
        """The literal type of the annotation."""
        ...

    def to_wire(self, value: Any, path: str) -> Wire:
        """Check and translate. Raises TypeMismatch with the path of the offending part."""
        ...

    def from_wire(self, wire: Wire, path: str) -> Any:
        """Translate back. Raises TypeMismatch when the wire tree is not of this type."""
        ...
