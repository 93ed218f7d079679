"""The elements of a map: how far they have begun, and what is still to be tried."""

from __future__ import annotations

from collections import deque

from volery.engine.model import Piece
from volery.ir.failure import Failure


class Elements:
    """What a map knows about its elements, beyond the children that are open.

    Attributes:
        next: up to which element ranges were cut.
        asked: ids of ranges of which it is asked whether they have to run, in order.
        pieces: what has been answered about them, in order, and has not begun.
        again: elements to be tried again alone, after a failure on the range that they were in: a
            heap of their positions and failures.
        failed: how many elements have not succeeded.
    """

    __slots__ = ("again", "asked", "failed", "next", "pieces")

    def __init__(self) -> None:
        self.next = 0
        self.asked: list[str] = []
        self.pieces: deque[Piece] = deque()
        self.again: list[tuple[int, Failure]] = []
        self.failed = 0
