"""What goes to stdout and stderr: colours, times, tables, JSON."""

from __future__ import annotations

import json  # not msgspec's: it has no integers beyond 64 bits
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TextIO

import click

from volery.errors import CallError


def say(text: str) -> None:
    """Write a line to stderr. That nobody can read it is no reason to stop."""
    with suppress(OSError):
        click.echo(plainly(text), err=True)


def plainly(text: str) -> str:
    """A text whose characters that a terminal obeys without showing them are written escaped.

    White space stays, and so does what colours begin with.
    """
    return text if text.isascii() and text.isprintable() else text.translate(_ESCAPED)


_OBEYED = (*range(9), 11, 12, *range(14, 27), *range(28, 32), *range(127, 160))
_TURNING = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""They turn the order in which the characters behind them are shown."""

_ESCAPED = {each: f"\\x{each:02x}" for each in _OBEYED} | {
    each: f"\\u{each:04x}" for each in _TURNING
}


def agreed(question: str) -> bool:
    """Ask whoever is at the terminal. Raises CallError: nobody is there."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise CallError(f"nobody is here to be asked: {question}", hint="add --yes")
    return click.confirm(question, err=True)


def styled(text: str, stream: TextIO, **style: Any) -> str:
    """The text with `click.style`, when the stream is a terminal with colours that may be used."""
    unwanted = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if unwanted or not stream.isatty() else click.style(text, **style)


PHASE_COLOURS = {
    "SUCCEEDED": "green",
    "FAILED": "red",
    "ABORTED": "yellow",
    "RUNNING": "blue",
    "SKIPPED": "bright_black",
}


def phase(name: str, stream: TextIO) -> str:
    """The name of a phase in its colour."""
    return styled(name, stream, fg=PHASE_COLOURS.get(name))


def seconds(duration: float) -> str:
    """A duration in seconds as people read it: ``35ms``, ``2.4s``, ``3m12s``, ``5h07m``."""
    if duration < 1:
        return f"{max(duration, 0) * 1000:.0f}ms"
    if duration < 60:
        return f"{duration:.1f}s"
    minutes, rest = divmod(round(duration), 60)
    if minutes < 60:
        return f"{minutes}m{rest:02d}s"
    return f"{minutes // 60}h{minutes % 60:02d}m"


def instant(at: float) -> str:
    """A time, in seconds since the epoch, by the clock on the wall here."""
    return datetime.fromtimestamp(at, UTC).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def iso(at: float | None) -> str | None:
    """A time, in seconds since the epoch, in ISO 8601 and UTC."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat()


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows in columns, each as wide as it needs to be. Colours take no width."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_row(row, widths) for row in rows)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [
        cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True)
    ]
    return "  ".join(padded).rstrip()


def _width(cell: str) -> int:
    return len(click.unstyle(cell))


def print_json(document: Any) -> None:
    """One JSON document, indented, to stdout."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False))
