"""Templates: texts with ``{fields}`` of a closed set, which are put in as they are.

Nothing is looked up in them and nothing is carried out: whoever writes one can say no more than
what stands in the fields. ``{{`` and ``}}`` are braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

FIELDS: Final = (
    "execution",
    "project",
    "domain",
    "kind",
    "entity",
    "version",
    "phase",
    "code",
    "failure",
    "created",
    "ended",
    "duration",
    "link",
)
"""What a notice can say about an execution."""

_PART: Final = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def unknown(template: str) -> list[str]:
    """What reads like a field and is none, with its braces; and braces that stand alone."""
    return [
        part[0]
        for part in _PART.finditer(template)
        if part[0] not in ("{{", "}}") and part[1] not in FIELDS
    ]


def fill(template: str, values: Mapping[str, str]) -> str:
    """A template with its fields filled in. What is no field stays as it stands."""

    def value(part: re.Match[str]) -> str:
        if part[0] in ("{{", "}}"):
            return part[0][0]
        return values.get(part[1] or "", part[0])

    return _PART.sub(value, template)
