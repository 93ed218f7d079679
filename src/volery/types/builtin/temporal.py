"""datetime, date, time and timedelta, exact to the microsecond.

The forms are those of `volery.ir.values`: ISO 8601 text, the key of the zone in brackets, ``#1``
for the second of two equal readings of the clock (fold). With a key, the reading of the clock
counts; the offset before it serves readers without a zone database. Naive stays naive. The name
that a fixed offset may have been given is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import Any, Final

from volery.ir import values
from volery.ir.types import DATE, DATETIME, DURATION, TIME
from volery.types.codec import Codec
from volery.types.extension import ExtensionCodec
from volery.types.making import CodecFor
from volery.types.mismatch import preview

_CLOCK: Final = re.compile(r"(?P<iso>[^\[#]+)(\[(?P<zone>[^\]]+)\])?(?P<fold>#1)?")
_MICROSECOND: Final = timedelta(microseconds=1)


def _hint(python: type) -> Callable[[Any], str | None]:
    def hint(value: Any) -> str | None:
        if type(value) is date and python is datetime:
            return "pass datetime.combine(..., time()) of it"
        if type(value) is datetime:
            return f"pass its .{python.__name__}()" if python in {date, time} else None
        if python is timedelta:
            return "pass timedelta(seconds=...)" if isinstance(value, int | float) else None
        if isinstance(value, str):
            return f"pass {python.__name__}.fromisoformat(...) of it"
        return None

    return hint


def _write_clock(value: datetime | time) -> bytes:
    zone = _zone_key(value.tzinfo)
    return f"{value.isoformat()}{f'[{zone}]' if zone else ''}{'#1' if value.fold else ''}".encode()


def _read_clock(python: type[datetime | time]) -> Callable[[bytes], datetime | time]:
    def read(data: bytes) -> datetime | time:
        text = data.decode()
        parts = _CLOCK.fullmatch(text)
        if parts is None:
            raise ValueError(f"{preview(text)} is no reading of a clock")
        value = python.fromisoformat(parts["iso"])
        if parts["zone"]:
            value = value.replace(tzinfo=_zone(parts["zone"]))
        return value.replace(fold=1) if parts["fold"] else value

    return read


def _zone_key(zone: tzinfo | None) -> str:
    """The key of a zone of the zone database; empty without a zone and for a fixed offset."""
    if zone is None or type(zone) is timezone:
        return ""
    from zoneinfo import ZoneInfo

    if isinstance(zone, ZoneInfo) and zone.key:
        return zone.key
    # What tells its offset without being told a time has one for ever, whoever's class it is.
    if zone.utcoffset(None) is not None:
        return ""
    raise ValueError(
        f"its zone {preview(zone)} has no key: use zoneinfo.ZoneInfo or datetime.timezone"
    )


def _zone(key: str) -> tzinfo:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(key)
    except ZoneInfoNotFoundError:
        raise ValueError(f"this machine does not know zone {key}: install tzdata") from None


def _write_date(value: date) -> bytes:
    return value.isoformat().encode()


def _read_date(data: bytes) -> date:
    return date.fromisoformat(data.decode())


def _write_duration(value: timedelta) -> bytes:
    return str(value // _MICROSECOND).encode()


def _read_duration(data: bytes) -> timedelta:
    return timedelta(microseconds=int(data))


_CODECS: Final[dict[type, Codec]] = {
    each: ExtensionCodec(kind, each, code, write=write, read=read, hint=_hint(each))
    for kind, each, code, write, read in (
        (DATETIME, datetime, values.DATETIME, _write_clock, _read_clock(datetime)),
        (DATE, date, values.DATE, _write_date, _read_date),
        (TIME, time, values.TIME, _write_clock, _read_clock(time)),
        (DURATION, timedelta, values.DURATION, _write_duration, _read_duration),
    )
}


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    return _CODECS[annotation]
