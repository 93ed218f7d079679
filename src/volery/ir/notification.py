"""Notifications: who is told when an execution has ended."""

from __future__ import annotations

from typing import Literal

import msgspec

Channel = Literal["email", "slack", "pagerduty", "url", "webhook"]
"""``url`` is any of the library Apprise."""


class Notification(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who is told.

    Attributes:
        phases: terminal phases of an execution; ``TIMED_OUT`` is FAILED for lack of time.
        to: addresses or URLs; what is secret in them stands as ``${secret:group/key}``, and is
            filled in when the notice is sent.
        subject, body: templates; empty: those of the channel.
    """

    phases: tuple[str, ...]
    channel: Channel
    to: tuple[str, ...]
    subject: str = ""
    body: str = ""
