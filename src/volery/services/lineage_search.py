"""Ancestry: where values come from and what they went into, step by step in what was traced."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from volery.errors import CallError, NotFound
from volery.ids import ROOT, split
from volery.store.base import Store
from volery.store.lineage import Kept, Source, Traces
from volery.wire.access import Identity
from volery.wire.lineage import Lineage, LineageQuery, Use

AROUND = 200
"""So many uses are looked at from one."""
ALIKE = 20
"""So many places are told where the same value was made, or taken, by others."""

_EVER = 1e18
"""After all times."""

_NAME = re.compile(r"[^.\[/]+")

Key = tuple[str, str, bool, str]


class Ancestry:
    """Searches what was traced, for somebody.

    From one node execution to another is a step; from what one has made to what it has taken is
    none. A value that nobody who is known has given leads to where the same value was made before.
    """

    def __init__(self, traces: Traces, store: Store, who: Identity) -> None:
        self._traces = traces
        self._store = store
        self._who = who
        self._cut = False
        self._found: dict[tuple[str, str, bool, bool], list[Kept]] = {}
        self._read_by: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def lineage(self, query: LineageQuery, limit: int) -> Lineage:
        """Breadth first, as far as is asked. Raises CallError, NotFound."""
        upstream = query.way == "upstream"
        near = self._sources if upstream else self._results
        uses: dict[Key, tuple[int, Kept]] = {}
        edges: dict[tuple[int, int], None] = {}
        waiting = deque((use, query.depth) for use in self._asked(query))
        for use, _ in waiting:
            uses.setdefault(_key(use), (len(uses), use))
        while waiting:
            use, depth = waiting.popleft()
            position, _ = uses[_key(use)]
            for found in near(use):
                steps = 0 if _is_same_node(found, use) else 1
                left = depth - steps
                if left < 0 or (_key(found) not in uses and len(uses) >= limit):
                    self._cut = True
                    continue
                if _key(found) not in uses:
                    uses[_key(found)] = (len(uses), found)
                    # What takes no step comes first: it is as near as what it was found from.
                    (waiting.append if steps else waiting.appendleft)((found, left))
                other, _ = uses[_key(found)]
                edges[(other, position) if upstream else (position, other)] = None
        shown = tuple(_shown(use) for _, use in uses.values())
        return Lineage(shown, tuple(edges), complete=not self._cut)

    # -- the beginning --------------------------------------------------------------------

    def _asked(self, query: LineageQuery) -> list[Kept]:
        """What it begins with."""
        given = [bool(each) for each in (query.digest, query.uri, query.execution)]
        if sum(given) != 1:
            raise CallError(
                "a lineage is that of a digest, of a URI or of an execution",
                hint="give exactly one of them",
            )
        if query.execution:
            return self._of_node(query.execution, query.path)
        found = self._of_uri(query.uri) if query.uri else self._of_digest(query.digest)
        if not found:
            what = f"content at {query.uri}" if query.uri else f"a value {query.digest}"
            raise NotFound(
                f"nothing is known of {what}", hint="no execution here has taken or made it"
            )
        return found

    def _of_node(self, execution: str, path: str) -> list[Kept]:
        record = self._store.execution(execution)
        if record is None or not self._who.may("viewer", record.project):
            raise NotFound(f"there is no execution {execution}")
        found = self._at(execution, path, made=True) or self._at(execution, path, made=False)
        if not found:
            what = f"node {path} of execution {execution}" if path else f"execution {execution}"
            raise NotFound(
                f"nothing is known of {what}",
                hint="there is no such node, it takes and makes nothing, or it has not succeeded",
            )
        return found

    def _of_uri(self, uri: str) -> list[Kept]:
        return self._seen(self._traces.of_uri(uri, AROUND), AROUND)

    def _of_digest(self, digest: str) -> list[Kept]:
        """Where it was made, and where it came from nobody who is known."""
        digests = self._traces.digests(digest)
        made = [use for each in digests for use in self._traces.made_before(each, _EVER, AROUND)]
        taken = [use for each in digests for use in self._traces.taken_since(each, 0.0, AROUND)]
        return self._seen([*made, *taken], AROUND)

    # -- a step ---------------------------------------------------------------------------

    def _sources(self, use: Kept) -> list[Kept]:
        """What a use comes from."""
        found = [each for source in use.sources for each in self._at_source(source, use)]
        if found:
            same = [each for each in found if use.telling and each.digest == use.digest]
            return same or found
        if use.made:
            return self._at(use.execution, use.path, made=False)
        if use.telling and not use.sources:
            return self._seen(self._traces.made_before(use.digest, use.at, ALIKE), ALIKE)
        return []

    def _results(self, use: Kept) -> list[Kept]:
        """What comes from a use."""
        key = _key(use)
        return [
            each
            for each in self._candidates(use)
            if any(_key(source) == key for source in self._sources(each))
        ]

    def _at_source(self, source: Source, use: Kept) -> list[Kept]:
        execution = source.execution or use.execution
        if source.below:
            found = self._below(execution, source.path, made=source.made)
            if source.until is not None:
                until = source.until
                found = [each for each in found if each.at <= until and each.path != use.path]
        else:
            found = self._at(execution, source.path, made=source.made)
        name = _base(source.name)
        return [each for each in found if name in {"*", _base(each.name)}]

    def _candidates(self, use: Kept) -> Iterator[Kept]:
        """What may come from a use."""
        execution, path = use.execution, use.path
        readers = dict.fromkeys(self._readers(execution, path))
        if use.made:  # what has called it, or maps it, reads all that is below it
            readers |= dict.fromkeys(self._readers(execution, split(path)[0]))
            yield from self._seen(self._traces.taken_since(use.digest, use.at, ALIKE), ALIKE)
        else:
            yield from self._at(execution, path, made=True)
            for made in (False, True):  # elements of a map are not listed as readers
                yield from self._below(execution, path, made=made)
        for place in readers:
            for made in (False, True):
                yield from self._at(*place, made=made)

    # -- at hand --------------------------------------------------------------------------

    def _at(self, execution: str, path: str, *, made: bool) -> list[Kept]:
        key = (execution, path, made, False)
        if key not in self._found:
            found = self._traces.at(execution, path, AROUND, made=made)
            self._found[key] = self._seen(found, AROUND)
        return self._found[key]

    def _readers(self, execution: str, path: str) -> list[tuple[str, str]]:
        """See `Traces.readers`."""
        key = (execution, path)
        if key not in self._read_by:
            self._read_by[key] = self._traces.readers(execution, path, AROUND)
        return self._read_by[key]

    def _below(self, execution: str, path: str, *, made: bool) -> list[Kept]:
        """What the children of a node execution have made, or taken."""
        if path == ROOT:  # it is no part of the paths of its children
            return []
        key = (execution, path, made, True)
        if key not in self._found:
            found = self._seen(self._traces.below(execution, path, AROUND, made=made), AROUND)
            self._found[key] = [each for each in found if split(each.path)[0] == path]
        return self._found[key]

    def _seen(self, uses: list[Kept], limit: int) -> list[Kept]:
        """Those that may be known of; `limit`: of how many at most."""
        self._cut |= len(uses) >= limit
        return [each for each in uses if self._who.may("viewer", each.project)]


def _key(use: Kept) -> Key:
    return use.execution, use.path, use.made, use.name


def _is_same_node(use: Kept, other: Kept) -> bool:
    return (use.execution, use.path) == (other.execution, other.path)


def _base(name: str) -> str:
    """The input or output that a name is of, or in."""
    found = _NAME.match(name)
    return found[0] if found else name


def _shown(use: Kept) -> Use:
    return Use(
        digest=use.digest,
        execution=use.execution,
        path=use.path,
        name=use.name,
        made=use.made,
        at=use.at,
        entity=use.key,
        reused=use.reused,
        uri=use.uri,
        preview=use.preview,
    )
