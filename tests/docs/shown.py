"""What is shown, compared with what comes: ``...`` stands for any text."""

from __future__ import annotations

import re
from collections.abc import Iterable


def matches(shown: str, came: str) -> bool:
    """Whether a text is the one that is shown."""
    pattern = ".*".join(re.escape(part) for part in shown.split("..."))
    return re.fullmatch(pattern, came, re.DOTALL) is not None


def missing(shown: Iterable[str], came: str) -> str | None:
    """The first of the lines that are shown which does not come, in their order, among others."""
    lines = iter(came.splitlines())
    for line in shown:
        if not any(matches(line.strip(), other.strip()) for other in lines):
            return line
    return None
