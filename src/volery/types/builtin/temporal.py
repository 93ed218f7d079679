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
from volery.ir.types import DATE, DATETIME, DURATION, TIME, PrimitiveType, show
from volery.ir.values import Ext, Wire
from volery.types.codec import Codec
from volery.types.making import CodecFor
from volery.types.mismatch import mismatch, preview

_CLOCK: Final = re.compile(r"(?P<iso>[^\[#]+)(\[(?P<zone>[^\]]+)\])?(?P<fold>#1)?")
_MICROSECOND: Final = timedelta(microseconds=1)


class Temporal:
    """Objects of exactly one type of the datetime module; the wire form is an extension.

    `write` and `read` translate to text and back; both raise ValueError with the reason.
    """

    __slots__ = ("_code", "_python", "_read", "_write", "type")

    def __init__(
        self,
        kind: PrimitiveType,
        python: type,
        code: int,
        write: Callable[[Any], str],
        read: Callable[[str], Any],
    ) -> None:
        self.type = kind
        self._python = python
        self._code = code
        self._write = write
        self._read = read

    def to_wire(self, value: Any, path: str) -> Wire:
        if type(value) is not self._python:
            raise mismatch(show(self.type), value, path, hint=self._hint(value))
        try:
            return Ext(self._code, self._write(value).encode())
        except (ValueError, OverflowError) as error:
            raise mismatch(show(self.type), value, path, hint=str(error)) from None

    def from_wire(self, wire: Wire, path: str) -> Any:
        if type(wire) is not Ext or wire.code != self._code:
            raise mismatch(show(self.type), wire, path)
        try:
            return self._read(bytes(wire.data).decode())
        except (ValueError, OverflowError) as error:
            raise mismatch(show(self.type), wire, path, hint=str(error)) from None

    def _hint(self, value: Any) -> str | None:
        if type(value) is datetime:
            return f"pass its .{self._python.__name__}()" if self._python in {date, time} else None
        if isinstance(value, self._python):
            return f"an object of a subclass would come out as {self._python.__name__}: convert it"
        if self._python is timedelta:
            return "pass timedelta(seconds=...)" if isinstance(value, int | float) else None
        if isinstance(value, str):
            return f"pass {self._python.__name__}.fromisoformat(...) of it"
        return None


def _write_clock(value: datetime | time) -> str:
    zone = _zone_key(value.tzinfo)
    return f"{value.isoformat()}{f'[{zone}]' if zone else ''}{'#1' if value.fold else ''}"


def _read_clock(python: type[datetime | time]) -> Callable[[str], datetime | time]:
    def read(text: str) -> datetime | time:
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
    raise ValueError(
        f"its zone {preview(zone)} has no key: use zoneinfo.ZoneInfo or datetime.timezone"
    )


def _zone(key: str) -> tzinfo:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(key)
    except ZoneInfoNotFoundError:
        raise ValueError(f"this machine does not know zone {key}: install tzdata") from None


def _write_duration(value: timedelta) -> str:
    return str(value // _MICROSECOND)


def _read_duration(text: str) -> timedelta:
    return timedelta(microseconds=int(text))


_CODECS: Final[dict[type, Codec]] = {
    each: Temporal(kind, each, code, write, read)
    for kind, each, code, write, read in (
        (DATETIME, datetime, values.DATETIME, _write_clock, _read_clock(datetime)),
        (DATE, date, values.DATE, date.isoformat, date.fromisoformat),
        (TIME, time, values.TIME, _write_clock, _read_clock(time)),
        (DURATION, timedelta, values.DURATION, _write_duration, _read_duration),
    )
}


def codec(annotation: Any, codec_for: CodecFor) -> Codec:  # noqa: ARG001 - it has no parts
    """The codec of an annotation of this family."""
    return _CODECS[annotation]
