"""Problems: what went wrong, as RFC 9457 has it, with what our errors carry besides."""

from __future__ import annotations

from typing import Final

import msgspec

NOT_READY: Final = "NotReady"
"""Code of a problem that came before anything was done: it may be asked again, whatever it was."""


class ProblemPart(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of several things that are wrong.

    Attributes:
        message: what was expected, and what came.
        path: where in what was sent, where that is known.
        hint: what to do about it.
    """

    message: str
    path: str | None = None
    hint: str | None = None


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An error answer.

    Attributes:
        title: the code in words, the same for each problem of a kind.
        status: of HTTP.
        detail: what was expected, what came, where.
        code: of the error, a stable word for programs.
        hint: what to do about it.
        path: where in what was sent, or inside a value.
        problems: each, where several things can be wrong together.
        type: of RFC 9457.
    """

    title: str
    status: int
    detail: str
    code: str
    hint: str | None = None
    path: str | None = None
    problems: tuple[ProblemPart, ...] = ()
    type: str = "about:blank"
