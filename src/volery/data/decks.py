"""Decks in the storage: what an attempt shows as HTML, beside what else it leaves.

Each is an object below ``<execution>/<path>/<attempt>/deck``, whose name tells that of the deck:
``01-Scores.html``. Digits and a hyphen in front of it give its place, and are not shown.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

LARGEST: Final = 16 * 1024**2
"""Bytes of a deck, at most."""
LONGEST: Final = 200
"""Bytes that the name of one may take in the storage."""

_FILE: Final = re.compile(r"(?:\d+-)?(.+)\.html", re.DOTALL)
_ESCAPED: Final = frozenset("/\\%")


def folder_of(execution: str, path: str, attempt: int) -> str:
    """The folder of the decks of an attempt, among the named objects of the storage."""
    return f"{execution}/{path}/{attempt}/deck"


def file_of(place: str, name: str) -> str:
    """The name of a deck's object in that folder.

    Args:
        place: digits that it is sorted by.
        name: of the deck.
    """
    return f"{place}-{escaped(name)}.html"


def name_of(file: str) -> str | None:
    """The name of the deck that an object there is; None: it is none."""
    found = _FILE.fullmatch(file)
    return unquote(found[1]) if found else None


def escaped(name: str) -> str:
    """A name as a part of an object's, which every storage takes."""
    return "".join(
        each
        if each.isprintable() and each not in _ESCAPED
        else quote(each, safe="", errors="replace")
        for each in name
    )
