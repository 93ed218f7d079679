"""Where options stand among the arguments of a command, told before it is known what it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click


def led_by(
    options: Iterable[click.Option], arguments: Sequence[str]
) -> tuple[list[str], list[str]]:
    """The options that arguments begin with, their values among them, and what follows."""
    known, at = list(options), 0
    while width := _width(known, arguments[at:]):
        at += width
    return list(arguments[:at]), list(arguments[at:])


def taken_out(
    options: Iterable[click.Option], arguments: Sequence[str]
) -> tuple[list[str], list[str]]:
    """These options, with their values, wherever they stand, and the arguments without them."""
    known, found, others = list(options), list[str](), list[str]()
    rest = list(arguments)
    while rest:
        width = _width(known, rest)
        (found if width else others).extend(rest[: width or 1])
        rest = rest[width or 1 :]
    return found, others


def _width(options: Iterable[click.Option], arguments: Sequence[str]) -> int:
    """How many arguments the option takes that they begin with; 0: none of these, or not whole."""
    name, equals, _ = arguments[0].partition("=") if arguments else ("", "", "")
    for each in options:
        if name in (*each.opts, *each.secondary_opts):
            width = 1 if equals or each.is_flag else 2
            return width if width <= len(arguments) else 0
    return 0
