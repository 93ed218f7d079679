"""Gates that wait for somebody, in all executions."""

from __future__ import annotations

import msgspec

from volery.wire.entities import EntityKey
from volery.wire.executions import Gate


class WaitingGate(msgspec.Struct, frozen=True):
    """A gate that waits.

    Attributes:
        since: when it began to.
        entity: what its execution runs.
        root: the top of the family.
    """

    gate: Gate
    since: float
    entity: EntityKey
    root: str
