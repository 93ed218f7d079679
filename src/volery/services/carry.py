"""Carry: brings what values refer to into the storage that an execution uses.

A workflow is compiled, and its defaults are packed, before anybody says where it will run. What of
it was large then stands in the storage of this process, which ends with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from volery.data.current import has_own, own
from volery.data.references import copy

if TYPE_CHECKING:
    from volery.data.storage import Storage
    from volery.ir.specs import Bundle


def carry(bundle: Bundle, inputs: bytes, into: Storage) -> None:
    """Copy what a bundle and an input record refer to and this process alone has.

    Raises:
        StorageError: it cannot be read or written.
    """
    if has_own() and own() is not into:
        for value in (inputs, *values_of(bundle)):
            copy(value, own(), into)


def values_of(part: Any) -> Iterator[bytes]:
    """The packed values inside of a spec."""
    match part:
        case bytes():
            yield part
        case msgspec.Struct():
            for field in part.__struct_fields__:
                yield from values_of(getattr(part, field))
        case tuple():
            for each in part:  # pyright: ignore[reportUnknownVariableType]
                yield from values_of(each)
        case _:
            pass
