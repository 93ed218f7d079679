"""What users write to say themselves what makes two values the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class HashMethod:
    """Says by what a value is known: ``Annotated[Frame, HashMethod(version_of)]``.

    Two values are the same one, for caches and lineage, if the function gives the same text for
    both, whatever their bytes are. It is called where a value is made, not where it is read.

    Args:
        function: gives the text of a value. It is not called for None.
    """

    __slots__ = ("function",)

    def __init__(self, function: Callable[[Any], str]) -> None:
        self.function = function

    def __repr__(self) -> str:
        name = getattr(self.function, "__qualname__", repr(self.function))
        return f"HashMethod({name})"
