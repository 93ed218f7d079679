"""Explain: why a node execution was found in the cache, or had to run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

import msgspec

from volery.data.current import current
from volery.data.references import is_there
from volery.engine.model import BODY, NodeState, Phase, Reuse
from volery.errors import ConfigError, NotFound, suggest
from volery.ids import join, range_of, split
from volery.services.caching import Parts, Recipe, key_of, recipe
from volery.services.context import Child, Contexts
from volery.services.values import Values
from volery.store.base import CacheRecord, ExecutionRecord, NodeRecord, Store

NEAREST = 1000
"""So many entries of a task are compared, the newest first."""
EARLIER = 100
"""In so many earlier executions it is looked for a run whose entry has expired."""

Cause = Literal[
    "found",
    "recovered",
    "uncached",
    "unknown code",
    "overwritten",
    "expired",
    "gone",
    "at the same time",
    "different",
    "first",
]
"""``found``: its outputs came from the cache; ``recovered``: from the execution that is recovered.
All others had to run: ``uncached``: the task has no cache, ``unknown code``: nor a fingerprint or a
version; ``overwritten``: the execution looks nothing up; ``expired``, ``gone``: an equal entry had
come to its end, or its content is not stored any more; ``at the same time``: equal work was not done
yet; ``different``: other entries of the task differ; ``first``: there are none.
"""


class Difference(NamedTuple):
    """A part of the key that differs. None: it has no such part."""

    part: str
    here: str | None
    there: str | None


class Explanation(msgspec.Struct, frozen=True):
    """Why a node execution was found in the cache, or had to run.

    Attributes:
        key, parts: of its entry; empty where it has none.
        source: where its outputs come from, when it did not run.
        other: the entry that it is compared with.
        expired: when an equal entry had come to its end.
        differences: between the parts and those of the other entry.
    """

    execution: str
    path: str
    task: str
    cause: Cause
    key: str = ""
    parts: Parts = ()
    source: Reuse | None = None
    other: CacheRecord | None = None
    expired: float | None = None
    differences: tuple[Difference, ...] = ()


class Explain:
    """Explains node executions of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._contexts = Contexts(store)
        self._values = Values(store)

    def explain(self, record: ExecutionRecord, path: str) -> Explanation:
        """Why the node execution at a path of an execution ran, or did not have to.

        Raises:
            NotFound: there is none, or it has not begun.
            ConfigError: it is not of a kind that is cached.
        """
        node = self._node(record, path)
        child = self._child(record, path)
        found = Explanation(record.id, path, child.started.name, "first", source=node.reuse)
        how = self._recipe(record, child)
        if how is None:
            cause: Cause = "uncached" if child.policy.cache is None else "unknown code"
            return msgspec.structs.replace(found, cause=cause)
        parts = how.parts(self._inputs(record.id, path, child))
        found = msgspec.structs.replace(found, key=key_of(parts), parts=parts)
        if node.reuse is not None:
            cause = "found" if node.reuse.how == "cached" else "recovered"
            return msgspec.structs.replace(found, cause=cause)
        if record.options.overwrite_cache:
            return msgspec.structs.replace(found, cause="overwritten")
        return self._missed(found, record, node, how)
