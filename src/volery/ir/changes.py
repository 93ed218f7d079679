"""Changes: the places in which two JSON documents differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Literal, NamedTuple, cast

_NAMES = ("id", "name")
"""What parts of a list are known by, the first that all of them have."""

Json = Any
Fields = Mapping[Any, Json]


class Change(NamedTuple):
    """A place. `path`: such as ``graph.nodes[n2].inputs``; empty: the whole."""

    path: str
    change: Literal["added", "removed", "changed"]
    before: Json
    now: Json


def changes(before: Json, now: Json, path: str = "") -> Iterator[Change]:
    """Each place, in order."""
    if before == now and type(before) is type(now):
        return
    if isinstance(before, dict) and isinstance(now, dict):
        yield from _by_key(cast("Fields", before), cast("Fields", now), path, _field)
    elif isinstance(before, list) and isinstance(now, list):
        yield from _of_lists(cast("list[Json]", before), cast("list[Json]", now), path)
    else:
        yield Change(path, "changed", before, now)


def _of_lists(before: list[Json], now: list[Json], path: str) -> Iterator[Change]:
    was, becomes = _keyed(before), _keyed(now)
    if was is None or becomes is None:
        was, becomes = dict(enumerate(before)), dict(enumerate(now))
    yield from _by_key(was, becomes, path, _part)
    if was == becomes and list(was) != list(becomes):  # only their order is another
        yield Change(path, "changed", list(was), list(becomes))


def _by_key(
    before: Fields, now: Fields, path: str, place: Callable[[str, Any], str]
) -> Iterator[Change]:
    for key in dict.fromkeys(chain(before, now)):
        at = place(path, key)
        if key not in now:
            yield Change(at, "removed", before[key], None)
        elif key not in before:
            yield Change(at, "added", None, now[key])
        else:
            yield from changes(before[key], now[key], at)


def _field(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _part(path: str, key: str | int) -> str:
    return f"{path}[{key}]"


def _keyed(parts: Sequence[Json]) -> dict[Any, Json] | None:
    """The parts of a list by what they are known by; None: nothing tells them apart."""
    for name in _NAMES:
        if all(isinstance(part, dict) and name in part for part in parts):
            found = {cast("dict[str, Json]", part)[name]: part for part in parts}
            if len(found) == len(parts):
                return found
    return None
