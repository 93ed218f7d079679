"""Logs: what attempts print and log."""

from __future__ import annotations

import msgspec


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
