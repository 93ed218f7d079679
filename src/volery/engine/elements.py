"""The elements of a map: how far they have begun, and what is still to be tried."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from volery.engine.model import Piece
from volery.ir.failure import Failure


class Again(NamedTuple):
    """An element that is to be tried again alone, after a failure in the range that it was in.

    Attributes:
        position: in the lists.
        failure: why.
        attempt: number of the range's attempt, which counts as the element's own.
        counts: the range has succeeded without it, and stands for it as long as it has no node
            execution of its own.
    """

    position: int
    failure: Failure
    attempt: int
    counts: bool


class Elements:
    """What a map knows about its elements, beyond the children that are open.

    Attributes:
        next: up to which element ranges were cut.
        asked: ids of ranges of which it is asked whether they have to run, in order.
        pieces: what has been answered about them, in order, and has not begun.
        again: a heap of elements to be tried again alone.
        failed: how many elements have not succeeded.
    """

    __slots__ = ("again", "asked", "failed", "next", "pieces")

    def __init__(self) -> None:
        self.next = 0
        self.asked: list[str] = []
        self.pieces: deque[Piece] = deque()
        self.again: list[Again] = []
        self.failed = 0
