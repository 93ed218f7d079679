"""Times and durations as text, the way people write them, and in the form that values have."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from volery.types.texts import UNITS

_NAMES = {
    **{unit: unit for unit in UNITS},
    **dict.fromkeys(("week", "weeks"), "w"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("hour", "hours", "hr", "hrs"), "h"),
    **dict.fromkeys(("minute", "minutes", "min", "mins"), "m"),
    **dict.fromkeys(("second", "seconds", "sec", "secs"), "s"),
    **dict.fromkeys(("millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("microsecond", "microseconds", "µs"), "us"),
}

_PART = re.compile(r"(\d+)(?:\.(\d+))?\s*([a-zµ]+)[\s,]*")
_ISO_DURATION = re.compile(
    r"P(?:(?P<w>\d+)W)?(?:(?P<d>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)(?:[.,](?P<fraction>\d{1,6})\d*)?S)?)?"
)


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


def duration_microseconds(text: str) -> int:
    """``1h30m``, ``5 minutes``, ``-90s``, ``1.5h`` or ISO 8601 (``PT1H30M``) in microseconds.

    Raises:
        ValueError: it is none of these.
    """
    bare = text.strip()
    sign, bare = (-1, bare[1:]) if bare.startswith("-") else (1, bare)
    iso = _ISO_DURATION.fullmatch(bare)
    if iso and bare not in {"P", "PT"} and not bare.endswith("T"):
        parts = iso.groupdict(default="0")
        whole = sum(int(parts[unit]) * UNITS[unit] for unit in "wdhms")
        return sign * (whole + int(parts["fraction"].ljust(6, "0")))
    return sign * _sum_of_parts(bare.lower())


def _sum_of_parts(text: str) -> int:
    total = at = 0
    while part := _PART.match(text, at):
        whole, fraction, name = part.groups(default="")
        if name not in _NAMES:
            raise ValueError(f"no unit of time is called {name}")
        total += int(whole + fraction) * UNITS[_NAMES[name]] // 10 ** len(fraction)
        at = part.end()
    if at == 0 or at < len(text):
        raise ValueError("not a duration")
    return total
