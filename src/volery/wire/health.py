"""Health: whether a server can do its work."""

from __future__ import annotations

import msgspec


class Check(msgspec.Struct, frozen=True):
    """Something that a server needs. `detail` says what is wrong, and `hint` what to do."""

    name: str
    ok: bool
    detail: str = ""
    hint: str = ""


class Health(msgspec.Struct, frozen=True):
    """What a server finds of itself."""

    ok: bool
    checks: tuple[Check, ...]
    version: str
