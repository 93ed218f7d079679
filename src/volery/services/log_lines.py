"""Lines of a log: counted, filtered and searched in its stored form, few of them ever decoded.

Each line of the stored form is the JSON of a record. In it quotes are escaped, so what stands
between quotes as a whole is no part of what an attempt has written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from volery.wire.logs import LogFilter, LogLine, LogLines, LogMatches

MOST: Final = 1024 * 1024
"""Bytes of lines that are given at once."""
MATCHES: Final = 10_000
"""Matches that are told one by one."""

_ESCAPES: Final = re.compile(rb"\\u001b\[[0-9;:?]*[A-Za-z]")
"""Escape sequences of terminals, as JSON has them."""

_decode = msgspec.json.Decoder(LogLine).decode
_encode = msgspec.json.encode

Line = tuple[int, bytes]
"""A stored line, after its number."""


def window(data: bytes, where: LogFilter, first: int, count: int, *, complete: bool) -> LogLines:
    """Some lines of a log.

    Args:
        data: the stored form.
        where: says which lines count.
        first: position of the first one; of a negative number counted from the end.
        count: how many.
        complete: nothing comes after `data`.
    """
    found = _found(data, where)
    first = min(len(found), first) if first >= 0 else max(0, len(found) + first)
    lines = tuple(_decoded(found[first : first + count]))
    return LogLines(lines, first, len(found), complete)


def matches(data: bytes, where: LogFilter, text: str) -> LogMatches:
    """Where a text stands; upper and lower case are the same, and colours are not looked at."""
    wanted = text.casefold()
    plain = _ESCAPES.sub(b"", data) if rb"\u001b" in data else data
    ascii_only = text.isascii()
    needle = _encode(text)[1:-1].lower()
    at: list[int] = []
    total = 0
    for position, (_, line) in enumerate(_found(plain, where)):
        # Text that is not ASCII has other forms than `lower` of bytes knows: all lines are read.
        if ascii_only and needle not in line.lower():
            continue
        record = _record(line)
        if record is None or wanted not in record.text.casefold():
            continue
        total += 1
        if len(at) < MATCHES:
            at.append(position)
    return LogMatches(tuple(at), total)


def _found(data: bytes, where: LogFilter) -> list[Line]:
    found = list(enumerate(data[: data.rfind(b"\n") + 1].splitlines(), 1))
    for name, some in ((b"stream", where.streams), (b"level", where.levels)):
        if some:
            marks = [b'"%s":%s' % (name, _encode(each)) for each in some]
            found = [line for line in found if any(mark in line[1] for mark in marks)]
    return found


def _decoded(lines: list[Line]) -> Iterator[LogLine]:
    left = MOST
    for number, line in lines:
        left -= len(line)
        record = _record(line) or LogLine(0.0, "log", line.decode(errors="replace"))
        yield msgspec.structs.replace(record, number=number)
        if left <= 0:
            return


def _record(line: bytes) -> LogLine | None:
    try:
        return _decode(line)
    except msgspec.MsgspecError:  # it was written while the machine went down
        return None
