"""Why a node execution was found in the cache, or had to run."""

from __future__ import annotations

from typing import Literal

import msgspec

Parts = tuple[tuple[str, str], ...]
"""What a key of the cache is made of, by name; mostly digests."""

Cause = Literal[
    "found", "recovered",
    "uncached", "unknown code", "overwritten", "expired", "gone", "meanwhile", "different", "first",
]  # fmt: skip
"""Of what did not run: ``found`` in the cache, or ``recovered``.

Of what ran: the task is ``uncached``, or has neither a version nor a fingerprint (``unknown
code``); the execution looks nothing up (``overwritten``); an equal entry had ``expired``, or what
it refers to is ``gone``; equal work was done ``meanwhile``; other entries of the task are
``different``; it was the ``first``.
"""


class Difference(msgspec.Struct, frozen=True):
    """A part of the key that differs. None: there is no such part."""

    part: str
    here: str | None
    there: str | None


class Entry(msgspec.Struct, frozen=True):
    """An entry of the cache. `execution`, `path`: what has made it."""

    execution: str
    path: str
    created: float
    expires: float | None = None
    parts: Parts = ()


class Explanation(msgspec.Struct, frozen=True):
    """Why a node execution was found in the cache, or had to run.

    Attributes:
        key, parts: of its entry; empty where it has none.
        source: where its outputs come from, as ``execution/path``; empty: it has run.
        other: the entry that it is compared with.
        expired: when an equal entry had come to its end.
        differences: between the parts and those of the other entry.
    """

    execution: str
    path: str
    task: str
    cause: Cause
    key: str = ""
    parts: Parts = ()
    source: str = ""
    other: Entry | None = None
    expired: float | None = None
    differences: tuple[Difference, ...] = ()
