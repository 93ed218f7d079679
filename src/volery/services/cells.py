"""Cells: the elements of a map, a byte for each."""

from __future__ import annotations

from collections import Counter
from typing import Final, NamedTuple

from volery.engine.model import Phase
from volery.store.progress import Parts, State

PHASES: Final = (
    Phase.PENDING,
    Phase.RUNNING,
    Phase.SUCCEEDED,
    Phase.FAILED,
    Phase.SKIPPED,
    Phase.ABORTED,
)
"""By the number that they have in a cell."""
CACHED: Final = 8
RECOVERED: Final = 16
MOST_FAILED: Final = 1_000

_NUMBERS: Final = {phase: number for number, phase in enumerate(PHASES)}
_PHASE: Final = 7
"""The bits that are a phase."""
_BAD: Final = (_NUMBERS[Phase.FAILED], _NUMBERS[Phase.ABORTED])


class Drawn(NamedTuple):
    """What `wire.progress.Cells` says of the elements."""

    cells: bytes
    counts: dict[str, int]
    failed: tuple[int, ...]
    ranges: tuple[tuple[int, int], ...]


def cells_of(length: int, parts: Parts) -> Drawn:
    """The cells of a map of this length.

    A range that was SKIPPED was taken apart: what becomes of its elements they say themselves.
    """
    cells = bytearray(length)
    ranges = [each for each in parts.ranges if each[2][0] is not Phase.SKIPPED]
    for start, end, state in ranges:
        cells[start:end] = bytes((_cell(state),)) * (end - start)
    for state, indexes in parts.alone.items():
        cell = _cell(state)
        for index in indexes:
            cells[index] = cell
    counted = Counter(cells)
    counts: Counter[str] = Counter()
    for cell, count in counted.items():
        counts[str(PHASES[cell & _PHASE])] += count
    together = tuple((start, end) for start, end, _ in ranges)
    return Drawn(bytes(cells), dict(counts), _failed(cells, counted), together)


def _cell(state: State) -> int:
    phase, how = state
    origin = CACHED if how == "cached" else RECOVERED if how == "recovered" else 0
    return _NUMBERS[phase] | origin


def _failed(cells: bytearray, counted: Counter[int]) -> tuple[int, ...]:
    """Indexes of the first that have failed or were aborted."""
    found: list[int] = []
    for bad in _BAD:
        at = -1
        for _ in range(min(counted[bad], MOST_FAILED)):
            at = cells.index(bad, at + 1)
            found.append(at)
    return tuple(sorted(found)[:MOST_FAILED])
