"""What is in a directory, as others are told of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from volery.data.manifest import Entry
from volery.errors import MissingContent, suggest
from volery.ir.content import Content, Json

_SHOWN: Final = 10
"""Files that a preview lists."""


def manifest_content(digest: str, entries: tuple[Entry, ...], name: str, format: str) -> Content:
    """What a value says about a directory in the storage."""
    files = [each for each in entries if not each.is_folder]
    shown: Json = {
        "files": len(files),
        "first": [{"path": each.path[:80], "size": each.size} for each in files[:_SHOWN]],
    }
    size = sum(each.size for each in files)
    return Content(digest, size, is_manifest=True, name=name, format=format, preview=shown)


def nothing(name: str, place: str, known: Iterable[str]) -> MissingContent:
    """The error for a name that is not in a directory."""
    return MissingContent(f"{place} has no {name!r}", hint=suggest(name, list(known)[:1000]))


def last(name: str) -> str:
    """The last part of a name."""
    return name.rpartition("/")[2]
