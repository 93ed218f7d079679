"""Edits: what is different in the text of a file."""

from __future__ import annotations

from difflib import unified_diff
from itertools import islice
from pathlib import Path
from typing import Literal

from volery.services.packages import FileChange
from volery.wire.comparisons import FileEdit

LONGEST = 200_000
"""Bytes of a file that is compared: longer ones take too long."""
MOST_LINES = 1_000
"""Of an edit, with the lines around what has changed."""


def edit_of(change: FileChange) -> FileEdit:
    """What is different in a file; one that is no text, or too long, has no lines."""
    before, now = _text(change.before), _text(change.now)
    if before is None or now is None:
        return FileEdit(change.path, _fate(change))
    told = unified_diff(before.splitlines(), now.splitlines(), lineterm="")
    lines = tuple(islice(told, 2, MOST_LINES + 3))  # the first two name the files
    return FileEdit(change.path, _fate(change), lines[:MOST_LINES], len(lines) <= MOST_LINES)


def _fate(change: FileChange) -> Literal["added", "removed", "changed"]:
    if change.before is None:
        return "added"
    return "removed" if change.now is None else "changed"


def _text(file: Path | None) -> str | None:
    """What is in a file; of one that is not there nothing. None: it cannot be shown."""
    if file is None:
        return ""
    if file.is_symlink() or file.stat().st_size > LONGEST:
        return None
    data = file.read_bytes()
    try:
        return None if b"\0" in data else data.decode()
    except UnicodeDecodeError:
        return None
