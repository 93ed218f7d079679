"""Durations as people write them: ``1h30m``, ``5 minutes``, ``PT1H30M``."""

from __future__ import annotations

import re
from typing import Final

_UNITS: Final = {
    "w": 7 * 86_400_000_000,
    "d": 86_400_000_000,
    "h": 3_600_000_000,
    "m": 60_000_000,
    "s": 1_000_000,
    "ms": 1_000,
    "us": 1,
}
"""Microseconds in a unit, largest unit first."""
_NAMES: Final = {
    **{unit: unit for unit in _UNITS},
    **dict.fromkeys(("week", "weeks"), "w"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("hour", "hours", "hr", "hrs"), "h"),
    **dict.fromkeys(("minute", "minutes", "min", "mins"), "m"),
    **dict.fromkeys(("second", "seconds", "sec", "secs"), "s"),
    **dict.fromkeys(("millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("microsecond", "microseconds", "µs"), "us"),
}

_PART = re.compile(r"(\d+)(?:\.(\d+))?\s*([a-zµ]+)[\s,]*")
_ISO = re.compile(
    r"P(?:(?P<w>\d+)W)?(?:(?P<d>\d+)D)?"
    r"(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)(?:[.,](?P<fraction>\d{1,6})\d*)?S)?)?"
)


def read_duration(text: str) -> int:
    """``1h30m``, ``5 minutes``, ``-90s``, ``1.5h`` or ISO 8601 (``PT1H30M``) in microseconds.

    Raises:
        ValueError: it is none of these.
    """
    bare = text.strip()
    sign, bare = (-1, bare[1:]) if bare.startswith("-") else (1, bare)
    iso = _ISO.fullmatch(bare)
    if iso and bare not in {"P", "PT"} and not bare.endswith("T"):
        parts = iso.groupdict(default="0")
        whole = sum(int(parts[unit]) * _UNITS[unit] for unit in "wdhms")
        return sign * (whole + int(parts["fraction"].ljust(6, "0")))
    return sign * _sum_of_parts(bare.lower())


def write_duration(microseconds: int) -> str:
    """The shortest text that is read back: ``1h30m``, ``250ms``, ``0s``."""
    left = abs(microseconds)
    parts: list[str] = []
    for unit, size in _UNITS.items():
        if unit != "w" and left >= size:
            parts.append(f"{left // size}{unit}")
            left %= size
    return ("-" if microseconds < 0 else "") + ("".join(parts) or "0s")


def _sum_of_parts(text: str) -> int:
    total = at = 0
    while part := _PART.match(text, at):
        whole, fraction, name = part.groups(default="")
        if name not in _NAMES:
            raise ValueError(f"no unit of time is called {name}")
        total += int(whole + fraction) * _UNITS[_NAMES[name]] // 10 ** len(fraction)
        at = part.end()
    if at == 0 or at < len(text):
        raise ValueError("not a duration")
    return total
