"""Elements of a map that has ended: which succeeded, and what they gave."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from volery.data import offload
from volery.ids import join, range_of
from volery.ir.values import Raw, join_array, join_record, split_record
from volery.store.base import Store


class Elements:
    """The children of a map, taken apart into elements.

    An element that failed in its range, and nothing else of a range that succeeded, has a node
    execution of its own.

    Args:
        store: where outputs are.
        execution: of the map.
        path: of the map.
        children: ids of the children that have node executions, and whether they succeeded.
    """

    def __init__(
        self, store: Store, execution: str, path: str, children: Mapping[str, bool]
    ) -> None:
        self.path = path
        self._store = store
        self._execution = execution
        self._children = children
        self._alone = {range_of(id)[0]: id for id in children if ":" not in id}
        ranges = [id for id, succeeded in children.items() if succeeded and ":" in id]
        self._ranges = sorted(ranges, key=range_of)
        self._starts = [range_of(id)[0] for id in self._ranges]

    def has(self, index: int) -> bool:
        """Whether the element with this index has succeeded."""
        return self._child_of(index) is not None

    def outputs(self, start: int, end: int) -> bytes:
        """The output record of an element, or (more than one) the record of arrays of several.

        All of them have succeeded.
        """
        runs = [_Run(id, run) for id, run in self._runs(start, end)]
        ids = {join(self.path, run.id): run.id for run in runs}
        found = self._store.outputs(self._execution, ids)
        records = {ids[path]: split_record(record) for path, record in found.items()}
        return join_record({name: _together(runs, records, name) for name in records[runs[0].id]})

    def _runs(self, start: int, end: int) -> Iterator[tuple[str, range]]:
        """The children that have outputs of these elements, each with the indexes of those."""
        for id, run in groupby(range(start, end), key=self._child_of):
            indexes = list(run)
            if id is not None:
                yield id, range(indexes[0], indexes[-1] + 1)

    def _child_of(self, index: int) -> str | None:
        """The child that has the outputs of an element; None: it did not succeed."""
        alone = self._alone.get(index)
        if alone is not None:
            return alone if self._children[alone] else None
        at = bisect_right(self._starts, index) - 1
        if at >= 0 and index < range_of(self._ranges[at])[1]:
            return self._ranges[at]
        return None


class _Run(NamedTuple):
    """Neighbouring elements whose outputs one child of a map has."""

    id: str
    indexes: range

    def cut(self, value: Raw, *, alone: bool) -> bytes | Raw:
        """Their part of an output of the child: an element where it is `alone`, else an array."""
        if ":" not in self.id:
            return value if alone else join_array([value])
        start = self.indexes.start - range_of(self.id)[0]
        end = start + len(self.indexes)
        return offload.ranges(value)(start, None if alone else end)


def _together(
    runs: Sequence[_Run], records: Mapping[str, Mapping[str, Raw]], name: str
) -> bytes | Raw:
    """An output of all elements of some runs."""
    parts = [(run, records[run.id][name]) for run in runs]
    if len(parts) == 1:
        run, value = parts[0]
        return run.cut(value, alone=len(run.indexes) == 1)
    with offload.ArrayBuilder() as array:
        for run, value in parts:
            array.extend(offload.elements(run.cut(value, alone=False)))
    return offload.pack(array.value)
