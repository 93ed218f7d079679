"""Logs: what attempts print and log."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

Stream = Literal["stdout", "stderr", "log"]


class LogRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line that an attempt has written.

    Attributes:
        at: when it was read, or logged.
        stream: ``stdout``, ``stderr``, or ``log`` for what `logging` was told.
        level: of `logging`, such as ``WARNING``; empty for the others.
        logger: its name.
    """

    at: float
    stream: str
    text: str
    level: str = ""
    logger: str = ""


class Log(msgspec.Struct, frozen=True):
    """A part of the log of an attempt.

    Attributes:
        records: in order.
        next: where the next part begins, in bytes of the stored log.
        complete: the attempt is over, and nothing comes after `records`.
    """

    records: tuple[LogRecord, ...]
    next: int
    complete: bool


class LogFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which lines of the log of an attempt. Empty: any.

    Attributes:
        path: of the node execution.
        attempt: its number.
        streams: any of these.
        levels: of `logging`, any of these.
    """

    path: str
    attempt: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)] = 1
    streams: tuple[Stream, ...] = msgspec.field(default=(), name="stream")
    levels: tuple[str, ...] = msgspec.field(default=(), name="level")


class LogLine(LogRecord, frozen=True, omit_defaults=False):
    """A line, with its number in the log of the attempt; the first has 1."""

    number: int = 0


class LogLines(msgspec.Struct, frozen=True):
    """Some lines of the log of an attempt.

    Attributes:
        lines: in order; fewer than were asked for if they are long.
        first: position of the first among all that the filter finds, from 0.
        total: how many these are until now.
        complete: nothing is added to them any more.
    """

    lines: tuple[LogLine, ...]
    first: int
    total: int
    complete: bool


class LogMatches(msgspec.Struct, frozen=True):
    """Where a text stands in the log of an attempt.

    Attributes:
        at: positions of the lines among all that the filter finds, the first ones.
        total: how many lines have it.
    """

    at: tuple[int, ...]
    total: int
