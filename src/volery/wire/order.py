"""The order of a list of executions."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

Sort = Literal["started", "duration", "name"]


class Order(msgspec.Struct, frozen=True):
    """What a list of executions goes by.

    Attributes:
        sort: when they were created; how long those took that have ended; the name of the entity,
            and of each the newest first.
        ascending: the earliest, shortest or first comes first.
    """

    sort: Sort = "started"
    ascending: bool = False


NEWEST: Final = Order()
"""The newest first."""
