"""Notices: what somebody is told when an execution has ended."""

from __future__ import annotations

from typing import Literal

import msgspec

NoticePhase = Literal["waiting", "sent", "failed"]


class Notice(msgspec.Struct, frozen=True):
    """A notice. `to` names the channel and whom it reaches, without its secrets.

    Attributes:
        attempts: how often it was tried.
        due: when it is tried next.
        error: of the last try.
    """

    execution: str
    number: int
    to: str
    phase: NoticePhase
    attempts: int = 0
    due: float | None = None
    sent: float | None = None
    error: str = ""
