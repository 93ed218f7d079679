"""How attempts leave the outbox, in the store in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heappop
from operator import attrgetter

from volery.store.base import Claim, Room
from volery.store.memory_rows import Attempt, Family, Outbox


def claim(families: Sequence[Family], owner: str, rooms: Sequence[Room], at: float) -> list[Claim]:
    """Have an owner take attempts of these families, as many as there is room."""
    attempts = [each for room in rooms for each in _take(families, room)]
    if len(rooms) > 1:
        attempts.sort(key=attrgetter("turn"))
    for attempt in attempts:
        attempt.owner, attempt.taken = owner, at
    return [attempt.claim() for attempt in attempts]


def waiting(families: Iterable[Family]) -> set[str]:
    """The executors that attempts of these families wait for."""
    return {
        name for family in families for name, outbox in family.outboxes.items() if _has_open(outbox)
    }


def _take(families: Sequence[Family], room: Room) -> list[Attempt]:
    """Attempts for one executor, those first whose turn it is."""
    named = [family.outboxes.get(name) for family in families for name in room.takes]
    outboxes = [each for each in named if each]
    attempts: list[Attempt] = []
    while outboxes and len(attempts) < room.most:
        outbox = outboxes[0] if len(outboxes) == 1 else min(outboxes, key=_turn)
        attempt = heappop(outbox)[2]
        if attempt.open:
            attempt.executor = room.executor
            attempts.append(attempt)
        if not outbox:
            outboxes = [each for each in outboxes if each]
    return attempts


def _has_open(outbox: Outbox) -> bool:
    """Whether anything waits there; what has ended meanwhile is thrown out."""
    while outbox and not outbox[0][2].open:
        heappop(outbox)
    return bool(outbox)


def _turn(outbox: Outbox) -> tuple[int, int]:
    """The turn of what an outbox would give next."""
    priority, serial, _ = outbox[0]
    return priority, serial
