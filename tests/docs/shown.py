"""What is shown, compared with what comes.

``...`` stands for any text or none, together with the space around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable


def matches(shown: str, came: str) -> bool:
    """Whether a text is the one that is shown."""
    pattern = ".*".join(map(re.escape, re.split(r"\s*\.\.\.\s*", shown)))
    return re.fullmatch(pattern, came, re.DOTALL) is not None


def missing(shown: Iterable[str], came: str) -> str | None:
    """The first of the lines that are shown which does not come, in their order, among others.

    How wide columns are does not matter: spaces count as one.
    """
    lines = map(_words, came.splitlines())
    for line in shown:
        if not any(matches(_words(line), other) for other in lines):
            return line
    return None


def _words(line: str) -> str:
    return " ".join(line.split())
