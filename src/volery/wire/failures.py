"""Failures, with the user's code around them."""

from __future__ import annotations

import msgspec

from volery.ir.failure import Failure


class SourceLine(msgspec.Struct, frozen=True):
    """A line of a file, by its number."""

    number: int
    text: str


class Frame(msgspec.Struct, frozen=True):
    """A call of the user's code that an exception went through.

    Attributes:
        file: relative to the import root where that is known.
        text: the line; empty: nobody knows.
        lines: the same with those around it; none: there is no such file any more, or another.
    """

    file: str
    line: int
    function: str
    text: str
    lines: tuple[SourceLine, ...] = ()


class Origin(msgspec.Struct, frozen=True):
    """A node execution."""

    execution: str
    path: str


class FailureReport(msgspec.Struct, frozen=True):
    """Why something did not succeed.

    Attributes:
        exception: its class and message.
        frames: of the exception that ended it, the innermost last.
        origin: where it began; None: here.
    """

    failure: Failure
    exception: str
    frames: tuple[Frame, ...]
    origin: Origin | None = None
