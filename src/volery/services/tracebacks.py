"""Tracebacks, as Python formats them, read again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

HEAD: Final = "Traceback (most recent call last):"

_FRAME: Final = re.compile(r'  File "(?P<file>.{1,4096})", line (?P<line>\d{1,9}), in (?P<name>.+)')
_GROUP: Final = re.compile(r"^ *[|+] ?(?:-+ \d+ -+)?")
"""What stands in front of the lines of a group's members."""
_CARETS: Final = re.compile(r"\s*[~^]+\s*")


class Call(NamedTuple):
    """A frame.

    Attributes:
        text: the line, without what indents it; empty: unknown.
    """

    file: str
    line: int
    function: str
    text: str


class Raised(NamedTuple):
    """An exception: the frames that it went through, the innermost last, and what it is."""

    calls: tuple[Call, ...]
    exception: str


def last_of(text: str) -> Raised | None:
    """The exception that a traceback ends with; None: it is no traceback.

    Where that one went through no frame of the user's, its cause has: then the frames are those.
    """
    blocks = [_block(block) for block in _blocks(text)]
    if not blocks:
        return None
    calls = next((block.calls for block in reversed(blocks) if block.calls), ())
    return Raised(calls, blocks[-1].exception)


def _blocks(text: str) -> list[list[str]]:
    """The lines of each exception, those of its group's members left out."""
    blocks: list[list[str]] = []
    for line in text.splitlines():
        plain = line.strip()
        if plain == HEAD or plain.endswith(f"Exception Group {HEAD}"):
            blocks.append([])
        elif blocks:
            blocks[-1].append(_GROUP.sub("", line) if line.startswith(("  |", "  +")) else line)
    return blocks


def _block(lines: Sequence[str]) -> Raised:
    calls: list[Call] = []
    at = 0
    while at < len(lines):
        found = _FRAME.fullmatch(lines[at])
        if found is None:
            break
        at += 1
        text = ""
        while at < len(lines) and lines[at].startswith("    "):
            if not text and not _CARETS.fullmatch(lines[at]):
                text = lines[at].strip()
            at += 1
        while at < len(lines) and lines[at].startswith("  [Previous line repeated"):
            at += 1
        calls.append(Call(found["file"], int(found["line"]), found["name"], text))
    # In front of a SyntaxError stands the code that it is about.
    rest = (line for line in lines[at:] if line.strip() and not line.startswith(" "))
    return Raised(tuple(calls), next(rest, "").strip())
