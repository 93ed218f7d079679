"""Notifications: who is told when an execution has ended."""

from __future__ import annotations

from typing import Literal

import msgspec

Channel = Literal["email", "slack", "pagerduty", "url", "webhook"]
"""``url`` is any of the library Apprise."""


Ending = Literal["SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT"]
"""How an execution can end; ``TIMED_OUT`` is FAILED for lack of time."""


class Notification(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who is told.

    Attributes:
        phases: how the execution has to end.
        to: addresses or URLs; what is secret in them stands as ``${secret:group/key}``, and is
            filled in when the notice is sent.
        subject, body: templates; empty: those of the channel.
    """

    phases: tuple[Ending, ...]
    channel: Channel
    to: tuple[str, ...]
    subject: str = ""
    body: str = ""
