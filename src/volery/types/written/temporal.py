"""Times as text, the way people write them, and in the form that values have."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time


def datetime_text(text: str) -> str:
    """ISO 8601, ``now`` or ``today`` (both UTC) as a datetime's wire text.

    A zone's name may follow in brackets: ``2024-05-01T09:00+02:00[Europe/Berlin]``.

    Raises:
        ValueError: it is none of these.
    """
    match text.strip().lower():
        case "now":
            return datetime.now(UTC).isoformat()
        case "today":
            return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0).isoformat()
        case _:
            plain, zone = _clock_and_zone(text)
            return datetime.fromisoformat(plain).isoformat() + zone


def date_text(text: str) -> str:
    """ISO 8601 or ``today`` (by UTC) as a date's wire text. Raises ValueError."""
    if text.strip().lower() == "today":
        return datetime.now(UTC).date().isoformat()
    return date.fromisoformat(text.strip()).isoformat()


def time_text(text: str) -> str:
    """ISO 8601 as the wire text of a time of day. Raises ValueError."""
    plain, zone = _clock_and_zone(text)
    return time.fromisoformat(plain).isoformat() + zone


def _clock_and_zone(text: str) -> tuple[str, str]:
    """ISO 8601, and what Volery writes behind it: the zone's name, the fold."""
    plain = re.split(r"[\[#]", text.strip(), maxsplit=1)[0]
    return plain, text.strip()[len(plain) :]
