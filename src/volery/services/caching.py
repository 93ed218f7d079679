"""Caching: what work is equal to, as a key made of named parts, and what is kept under it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import repeat

import msgspec

from volery.clock import Clock
from volery.data import offload
from volery.data.current import current
from volery.data.identity import identity
from volery.data.references import digests, references
from volery.engine.definitions import DynamicDefinition, EagerDefinition, MapDefinition
from volery.engine.model import CacheEntry
from volery.errors import StorageError
from volery.ids import digest, element_path
from volery.ir.codec import contract_of
from volery.ir.interface import Interface
from volery.ir.policy import Caching
from volery.ir.specs import TaskSpec
from volery.ir.values import EMPTY, Raw, join_record, split_record
from volery.ir.work import Result
from volery.services.context import Child, Context
from volery.store.base import ExecutionRecord

Inputs = Mapping[str, bytes | Raw]
Parts = tuple[tuple[str, str], ...]
"""What a key is made of: a name for people, and a text or a digest."""

_pack = msgspec.msgpack.Encoder().encode


def key_of(parts: Parts) -> str:
    """The key: equal if and only if all parts are."""
    return digest(_pack(parts))


class Recipe:
    """How keys for calls of one task are made in one execution. Inputs alone differ."""

    def __init__(self, record: ExecutionRecord, task: TaskSpec, caching: Caching) -> None:
        self.task = task
        self.caching = caching
        self._ignored = frozenset(caching.ignored)
        self._before = (
            ("project", record.project),
            ("domain", record.domain),
            ("task", task.name),
            *_code(task, caching),
            ("types of inputs", contract_of(Interface(inputs=task.interface.inputs))),
            ("types of outputs", contract_of(Interface(outputs=task.interface.outputs))),
        )
        self._after = (("salt", caching.salt), ("storage", record.options.storage))

    def parts(self, inputs: Inputs) -> Parts:
        """What the key of a call is made of.

        Raises:
            MissingContent, AlteredContent, StorageError: an element of a stored list cannot be had.
        """
        return (
            *self._before,
            *(
                (f"input {name}", identity(value))
                for name, value in sorted(inputs.items())
                if name not in self._ignored
            ),
            *self._after,
        )

    def entry(
        self, inputs: Inputs, outputs: bytes, execution: str, path: str, at: float
    ) -> CacheEntry:
        """What others may know of a call that succeeded."""
        parts = self.parts(inputs)
        expires = None if self.caching.ttl is None else at + self.caching.ttl
        return CacheEntry(key_of(parts), self.task.name, parts, outputs, execution, path, expires)


def recipe(record: ExecutionRecord, task: TaskSpec, caching: Caching | None) -> Recipe | None:
    """How keys for a task are made; None: it has no cache, or its code is not known."""
    if caching is None or not (caching.version or task.fingerprint):
        return None
    return Recipe(record, task, caching)


def _code(task: TaskSpec, caching: Caching) -> Iterator[tuple[str, str]]:
    if caching.version:
        yield "version", caching.version
    else:
        yield from ((part.name, part.digest) for part in task.fingerprint)


def elements_of(inputs: Inputs, over: tuple[str, ...]) -> Iterator[dict[str, bytes | Raw]]:
    """The inputs of each element of a part of a map; those named in `over` hold arrays."""
    columns = [offload.elements(inputs[name]) for name in over]
    for values in zip(*columns, strict=True):
        yield {**inputs, **dict(zip(over, values, strict=True))}


def is_stored(outputs: bytes) -> bool:
    """Whether all that an output record refers to is in the current storage."""
    needed = (digest for each in references(outputs) for digest in digests(each))
    return all(map(current().still_has, needed))


class Cache:
    """Makes entries of the cache from what has succeeded."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def made(
        self, context: Context, path: str, child: Child, inputs: Inputs, result: Result
    ) -> tuple[CacheEntry, ...]:
        """The entries that an attempt leaves: one, or one for each element that succeeded.

        Args:
            context: of the scope that the node execution is in.
            path: of the node execution.
            child: the same as its definition says.
            inputs: of the attempt.
            result: how the attempt ended.
        """
        if result.outputs is None:
            return ()
        task = child.definitions.tasks[child.started.name]
        how = recipe(context.execution, task, child.policy.cache)
        mapped = context.definition
        if ":" not in path.rpartition("[")[2] or not isinstance(mapped, MapDefinition):
            return self._entries(how, context.execution.id, [(path, inputs, result.outputs)])
        failed = {each.index for each in result.elements}
        calls = zip(elements_of(inputs, mapped.target.over), _records(result.outputs), strict=False)
        elements = (
            (element_path(path, index), given, outputs)
            for index, (given, outputs) in enumerate(calls)
            if index not in failed
        )
        return self._entries(how, context.execution.id, elements)

    def ended(self, context: Context, path: str, outputs: bytes) -> tuple[CacheEntry, ...]:
        """The entry that a scope at `path` leaves: that of a dynamic or eager task."""
        match context.definition:
            case DynamicDefinition(task, policy) | EagerDefinition(task, policy):
                how = recipe(context.execution, task, policy.cache)
                return self._entries(how, context.execution.id, [(path, context.inputs, outputs)])
            case _:
                return ()

    def _entries(
        self, how: Recipe | None, execution: str, calls: Iterable[tuple[str, Inputs, bytes]]
    ) -> tuple[CacheEntry, ...]:
        if how is None:
            return ()
        at = self._clock.now()
        try:
            return tuple(
                how.entry(inputs, outputs, execution, path, at) for path, inputs, outputs in calls
            )
        except StorageError:  # the work has succeeded, whatever becomes of the cache
            return ()


def _records(outputs: bytes) -> Iterator[bytes]:
    """The output record of each element, from a record of arrays."""
    columns = split_record(outputs)
    if not columns:
        yield from repeat(EMPTY)
    for values in zip(*map(offload.elements, columns.values()), strict=True):
        yield join_record(dict(zip(columns, values, strict=True)))
