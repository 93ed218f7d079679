"""Rooms: what an owner may take of the attempts that wait, or that it launches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from volery.store.base import Commit, Room


def by_name(rooms: Iterable[Room]) -> dict[str, Room]:
    """The rooms that are not full, by each executor that attempts may name."""
    return {name: room for room in rooms if room.most > 0 for name in room.takes}


def launched(commits: Iterable[Commit], said: Mapping[str, str]) -> dict[str, int]:
    """How many attempts commits launch, by the executor that they name.

    `said`: by execution, what those name that name none themselves.
    """
    counts: dict[str, int] = {}
    for commit in commits:
        for launch in commit.launch:
            name = said[commit.execution] if launch.executor is None else launch.executor
            counts[name] = counts.get(name, 0) + 1
    return counts


def concerned(rooms: Iterable[Room], launches: Mapping[str, int]) -> list[Room]:
    """The rooms that launches want to go to, and that have room for all of them."""
    found: list[Room] = []
    for room in rooms if launches else ():
        wanted = sum([launches.get(name, 0) for name in room.takes])
        if 0 < wanted <= room.most:
            found.append(room)
    return found


def taken(rooms: Sequence[Room], waiting: set[str]) -> dict[str, str]:
    """By what launches name, the executor that takes them: of rooms that nobody else waits for."""
    return {
        name: room.executor
        for room in rooms
        if waiting.isdisjoint(room.takes)
        for name in room.takes
    }
