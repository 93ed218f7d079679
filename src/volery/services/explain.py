"""Explain: why a node execution was found in the cache, or had to run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from volery.engine.model import Phase
from volery.engine.times import earliest
from volery.errors import ConfigError, NotFound, VoleryError, suggest
from volery.ids import range_of, split
from volery.ir.nodes import MapTarget
from volery.ir.values import Raw
from volery.services.caching import Recipe, is_stored, key_of, recipe
from volery.services.context import Child, Contexts
from volery.services.values import Values
from volery.store.base import CacheRecord, ExecutionRecord, NodeRecord, Store
from volery.wire.cache import Difference, Entry, Explanation, Parts

NEAREST = 1000
"""So many entries of a task are compared, the newest first."""
EARLIER = 100
"""In so many earlier executions a run is looked for whose entry has come to its end."""


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
            ConfigError: it is of a kind that is not cached.
        """
        node = self._node(record.id, path)
        child = self._task_at(record.id, path)
        reuse = node.reuse
        source = f"{reuse.execution}/{reuse.path}" if reuse else ""
        found = Explanation(record.id, path, child.started.name, "first", source=source)
        how = self._recipe(record, child)
        if how is None:
            return replace(found, cause="unknown code" if child.policy.cache else "uncached")
        parts = how.parts(self._inputs(record.id, path, child))
        found = replace(found, key=key_of(parts), parts=parts)
        if reuse is not None:
            return replace(found, cause="found" if reuse.how == "cached" else "recovered")
        if record.options.overwrite_cache:
            return replace(found, cause="overwritten")
        return self._missed(found, record, node, how)

    # -- the node -------------------------------------------------------------------------------

    def _node(self, execution: str, path: str) -> NodeRecord:
        """The node execution at a path; of an element of a map perhaps the range that it is in."""
        nodes = {each.path: each for each in self._store.nodes(execution)}
        found = nodes.get(path) or next(_ranges_with(path, nodes.values()), None)
        if found is None:
            raise NotFound(
                f"execution {execution} has no node {path}, or it has not begun",
                hint=suggest(path, nodes),
            )
        return found

    def _task_at(self, execution: str, path: str) -> Child:
        _, id = split(path)
        if ":" in id:
            raise ConfigError(
                f"{path} is a part of a map, whose elements are in the cache one by one",
                hint=f"name one of them, such as {path[: -len(id)]}[{range_of(id)[0]}]",
            )
        child = self._contexts.child_at(execution, path)
        if child.entity is None or child.entity.kind != "task":
            mapped = child.node is not None and isinstance(child.node.target, MapTarget)
            raise ConfigError(
                f"{path} is no task, and only tasks are in the cache",
                hint=f"name one of its elements, such as {path}[0]"
                if mapped
                else f"name a task inside of it: volery executions get {execution} shows them",
            )
        return child

    @staticmethod
    def _recipe(record: ExecutionRecord, child: Child) -> Recipe | None:
        return recipe(record, child.definitions.tasks[child.started.name], child.policy.cache)

    def _inputs(self, execution: str, path: str, child: Child) -> dict[str, bytes | Raw]:
        scope, id = split(path)
        context = self._contexts.get(execution, scope)
        state = self._contexts.state(execution, scope, id)
        return self._values.inputs(context, scope, state, id, child)

    # -- why it ran -----------------------------------------------------------------------------

    def _missed(
        self, found: Explanation, record: ExecutionRecord, node: NodeRecord, how: Recipe
    ) -> Explanation:
        others = [
            each
            for each in self._store.nearest(found.task, NEAREST)
            if (each.entry.execution, each.entry.path) != (found.execution, found.path)
        ]
        equal = next((each for each in others if each.entry.key == found.key), None)
        if equal is not None:
            return self._not_counted(found, equal, node, how)
        expired = self._expired(found, record, node, how)
        if expired is not None:
            return replace(found, cause="expired", expired=expired)
        before = [each for each in others if each.created <= node.created] or others
        if not before:
            return found
        nearest = max(before, key=lambda each: (_alike(found, each), each.created))
        differences = tuple(_differences(found.parts, nearest.entry.parts))
        return replace(found, cause="different", other=_entry(nearest), differences=differences)

    @staticmethod
    def _not_counted(
        found: Explanation, other: CacheRecord, node: NodeRecord, how: Recipe
    ) -> Explanation:
        """Why an equal entry, which is there, did not count."""
        found = replace(found, other=_entry(other))
        if other.created > node.created:
            return replace(found, cause="meanwhile")
        ends = [other.entry.expires, how.caching.ttl and other.created + how.caching.ttl]
        end = earliest(ends)
        if end is not None and end <= node.created:
            return replace(found, cause="expired", expired=end)
        return replace(found, cause="meanwhile" if is_stored(other.entry.outputs) else "gone")

    def _expired(
        self, found: Explanation, record: ExecutionRecord, node: NodeRecord, how: Recipe
    ) -> float | None:
        """When the entry of an equal run before had come to its end.

        The run that is explained has put its own in place of that entry, so only the records of
        executions can tell.
        """
        if how.caching.ttl is None:
            return None
        for earlier in self._store.executions(limit=EARLIER, before=record.id):
            if earlier.entity == record.entity:
                ended = self._ended(earlier, found)
                if ended is not None and ended + how.caching.ttl <= node.created:
                    return ended + how.caching.ttl
        return None

    def _ended(self, earlier: ExecutionRecord, found: Explanation) -> float | None:
        """When an earlier execution has done equal work at the same path; None: it has not."""
        try:
            node = self._node(earlier.id, found.path)
            child = self._task_at(earlier.id, found.path)
            how = self._recipe(earlier, child)
            if how is None or node.reuse is not None or node.phase is not Phase.SUCCEEDED:
                return None
            parts = how.parts(self._inputs(earlier.id, found.path, child))
        except VoleryError:  # it went another way, or its values are gone
            return None
        return node.ended if key_of(parts) == found.key else None


def _ranges_with(path: str, nodes: Iterable[NodeRecord]) -> Iterator[NodeRecord]:
    """The ranges of a map that an element is in."""
    scope, bracket, index = path.removesuffix("]").rpartition("[")
    if not (bracket and path.endswith("]") and index.isdecimal()):
        return
    for node in nodes:
        above, part = split(node.path)
        if above == scope and ":" in part:
            start, end = range_of(part)
            if start <= int(index) < end:
                yield node


def _entry(record: CacheRecord) -> Entry:
    entry = record.entry
    return Entry(entry.execution, entry.path, record.created, entry.expires, entry.parts)


def _alike(found: Explanation, other: CacheRecord) -> int:
    """How many parts are the same."""
    return len(set(found.parts) & set(other.entry.parts))


def _differences(here: Parts, there: Parts) -> Iterator[Difference]:
    ours, theirs = dict(here), dict(there)
    for name in dict.fromkeys((*ours, *theirs)):
        if ours.get(name) != theirs.get(name):
            yield Difference(name, ours.get(name), theirs.get(name))
