"""Health: whether a server can do its work."""

from __future__ import annotations

import msgspec

from volery.errors import VoleryError


class Check(msgspec.Struct, frozen=True):
    """Something that a server needs. `detail` says what is wrong, and `hint` what to do."""

    name: str
    ok: bool
    detail: str = ""
    hint: str = ""


def failed(name: str, error: BaseException) -> Check:
    """What has met an error."""
    if isinstance(error, VoleryError):
        return Check(name, ok=False, detail=error.message, hint=error.hint or "")
    return Check(name, ok=False, detail=f"{type(error).__name__}: {error}")


class Health(msgspec.Struct, frozen=True):
    """What a server finds of itself."""

    ok: bool
    checks: tuple[Check, ...]
    version: str
