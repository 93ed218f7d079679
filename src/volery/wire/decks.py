"""Decks: what attempts show of their work."""

from __future__ import annotations

import msgspec


class Deck(msgspec.Struct, frozen=True):
    """A deck of an attempt.

    Attributes:
        name: shown above it; of an element of a map that ran with others it begins with ``[3]``.
        size: of its HTML, in bytes.
        written: when it was last stored, seconds since the epoch: it may be published again.
    """

    name: str
    size: int
    written: float
